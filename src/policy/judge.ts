// What the property kinds mean for one input, in plain arithmetic on the outputs that were observed.
// Compiled objectives and proofs encode the same; this is what confirms a witness.
import { type Demand, demandMargin, targetsBut, wins } from './demand.js';

export type Judgement = {
  readonly violated: boolean;
  /** How far the property is from being violated, in output units; null where that is not a number. */
  readonly margin: number | null;
  readonly summary: string;
};

/** First index of the greatest element, as ONNX's ArgMax; -1 where some element is NaN. */
export function argMax(outputs: ArrayLike<number>): number {
  let best = 0;
  for (let at = 0; at < outputs.length; at++) {
    const value = outputs[at] ?? Number.NaN;
    if (Number.isNaN(value)) return -1;
    if (value > (outputs[best] ?? Number.NaN)) best = at;
  }
  return best;
}

/** outputs[target] minus the greatest other output; NaN where some output is. */
export function marginOf(outputs: ArrayLike<number>, target: number): number {
  let rival = -Infinity;
  for (let at = 0; at < outputs.length; at++) {
    if (at !== target) rival = Math.max(rival, outputs[at] ?? Number.NaN);
  }
  return (outputs[target] ?? Number.NaN) - rival;
}

export const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Robustness: what is demanded of the scores at a row of class `target`; a tie or a NaN violates it. */
export function judgeRobustness(
  outputs: ArrayLike<number>,
  target: number,
  demand: Demand = wins,
): Judgement {
  const margin = demandMargin(demand, outputs, target);
  const answer = argMax(outputs);
  const instead = answer < 0 ? 'the output is not a number' : answer === target ? 'a tie' : `class ${answer}`;
  return {
    violated: !(margin > 0),
    margin: numberOrNull(margin),
    summary: `${instead} instead of ${demandWords(demand, target)}`,
  };
}

/** An input outside of the set violates nothing, whatever the outputs are. */
export const outsideOf = (set: string): Judgement => ({
  violated: false,
  margin: null,
  summary: `the input lies outside of ${set}`,
});

function demandWords(demand: Demand, own: number): string {
  if (demand.kind === 'loses') return `any class but ${targetsBut(demand.targets, own).join(', ')}`;
  return demand.rank === 1 ? `class ${own}` : `class ${own} among the ${demand.rank} greatest`;
}

/** Agreement: both models must give the same class; a NaN on either side violates it. */
export function judgeAgreement(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  names: readonly [string, string],
): Judgement {
  const [a, b] = [argMax(first), argMax(second)];
  const margin = a < 0 ? Number.NaN : marginOf(second, a);
  const said = (label: number) => (label < 0 ? 'not a number' : `class ${label}`);
  return {
    violated: a !== b || a < 0,
    margin: numberOrNull(margin),
    summary: `${names[0]} says ${said(a)}, ${names[1]} says ${said(b)}`,
  };
}

/** The element of which two outputs differ most, and by how much; NaN where some difference is not a number, as that of two infinities. */
export function greatestDifference(first: ArrayLike<number>, second: ArrayLike<number>) {
  let [at, difference] = [0, 0];
  for (let element = 0; element < Math.max(first.length, second.length); element++) {
    const own = Math.abs((first[element] ?? Number.NaN) - (second[element] ?? Number.NaN));
    if (Number.isNaN(own)) return { at: element, difference: own };
    if (own > difference) [at, difference] = [element, own];
  }
  return { at, difference };
}

/** Agreement with a tolerance: no output differs by more; one that is not a number does. */
export function judgeTolerance(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  tolerance: number,
  names: readonly [string, string],
): Judgement {
  const { at, difference } = greatestDifference(first, second);
  const said = (outputs: ArrayLike<number>) => `${outputs[at] ?? Number.NaN}`;
  return {
    violated: !(difference <= tolerance),
    margin: numberOrNull(tolerance - difference),
    summary: `output ${at}: ${names[0]} says ${said(first)}, ${names[1]} says ${said(second)}, tolerance ${tolerance}`,
  };
}

/** How many outputs come before one: greater ones, and equal ones that are earlier. NaN where some output is. */
function rankOf(outputs: ArrayLike<number>, target: number): number {
  const own = outputs[target] ?? Number.NaN;
  let rank = 0;
  for (let at = 0; at < outputs.length; at++) {
    const value = outputs[at] ?? Number.NaN;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > own || (value === own && at < target)) rank++;
  }
  return rank;
}

/** Accuracy: the label is among the topK greatest outputs, of equal ones the first. A NaN is wrong. */
export function judgeAccuracy(outputs: ArrayLike<number>, label: number, topK: number): Judgement {
  const rank = rankOf(outputs, label);
  const answer = argMax(outputs);
  const said = answer < 0 ? 'the output is not a number' : `class ${answer}`;
  const words = rank === 0 ? `class ${label}, as labelled` : `${said} instead of class ${label}`;
  return {
    violated: !(rank < topK),
    margin: topK === 1 ? numberOrNull(marginOf(outputs, label)) : null,
    summary:
      topK === 1 || answer < 0 ? words : `${words}, which is number ${rank + 1} of the greatest outputs`,
  };
}

/** Regression: the new model is right where the old one was. */
export function judgeRegression(
  now: ArrayLike<number>,
  before: ArrayLike<number>,
  label: number,
  names: readonly [string, string],
): Judgement {
  const [answer, earlier] = [argMax(now), argMax(before)];
  const said = (given: number) => (given < 0 ? 'not a number' : `class ${given}`);
  return {
    violated: earlier === label && answer !== label,
    margin: numberOrNull(marginOf(now, label)),
    summary: `${names[0]} says ${said(answer)}, ${names[1]} says ${said(earlier)}, the label is ${label}`,
  };
}

/** Finite: no value of the graph may be NaN or infinite. `values` are in the graph's order. */
export function judgeFinite(values: Iterable<readonly [name: string, data: ArrayLike<number>]>): Judgement {
  for (const [name, data] of values) {
    for (let at = 0; at < data.length; at++) {
      const value = data[at] ?? Number.NaN;
      if (!Number.isFinite(value))
        return { violated: true, margin: null, summary: `${value} first appears in ${name}` };
    }
  }
  return { violated: false, margin: null, summary: 'every value is finite' };
}
