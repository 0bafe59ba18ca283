// Properties of two inputs of one model, as search sees them: the vector of a pair is taken apart in the program, and the model lowered
// for each of the two.
import { float32, int64 } from '../../base/tensor.js';
import type { Direction } from '../../findings/statement.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode, Signal } from '../../ops/encoding.js';
import { type PairSpace, placed } from '../../policy/pairs.js';
import type { Dims } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { exactOf } from './agreement.js';
import { logitsOf } from './robustness.js';
import { anyNaN, classMargin, classPair, nothingProven, type Proven, watched } from './watched.js';

/** Both inputs [batch, size] and both outputs of the model. */
export type PairValues = {
  readonly inputs: readonly [Value, Value];
  readonly outputs: readonly [Value, Value];
};

export type Question = (p: Program, values: PairValues) => Signal;

/** What is found of two inputs: a question about them and the model's outputs. */
export function pairs(
  model: TypedModel,
  space: PairSpace,
  ask: Question,
  proven: Proven = nothingProven,
): Encode {
  return (p, joined) => {
    const inputs = apartIn(p, space, joined);
    const shape: Dims = [joined.shape[0] ?? 1, ...model.input.shape.slice(1)];
    const [{ seen: a }, { seen: b }] = inputs.map((x) => watched(p, model, p.reshape(x, shape), proven)) as [
      ReturnType<typeof watched>,
      ReturnType<typeof watched>,
    ];
    const signal = ask(p, { inputs, outputs: [a.output.value, b.output.value] });
    return { ...a, nonFinite: p.or(a.nonFinite, b.nonFinite), ...signal };
  };
}

/** As `apart` of policy/pairs.ts. */
export function apartIn(p: Program, space: PairSpace, joined: Value): readonly [Value, Value] {
  const { size } = space;
  const column = (at: number) => p.slice(joined, 1, at, at + 1);
  /** Columns [batch, n] with those of the vector, and by element of either input its place among them. */
  const columns = [joined];
  const orders = [0, 1].map(() => Array.from({ length: size }, (_, at) => at));
  let next = Number(joined.shape[1]);
  const add = (value: Value): number => {
    columns.push(value);
    next += Number(value.shape[1]);
    return next - Number(value.shape[1]);
  };
  const [first = [], second = []] = orders;
  for (const { difference, at } of placed(space)) {
    if (difference.kind === 'free') second[difference.element] = at;
    else if (difference.kind === 'greater') {
      const [own, other] = [column(difference.element), column(at)];
      first[difference.element] = add(p.min(own, other));
      second[difference.element] = add(p.max(own, other));
    } else {
      const { elements, values } = difference;
      const table = p.constant(float32(values.flat(), [values.length, elements.length]));
      orders.forEach((order, which) => {
        const chosen = p.floor(p.min(p.max(column(at + which), 0), values.length - 1));
        const places = p.reshape(p.cast(chosen, 'int64'), joined.shape.slice(0, 1));
        const from = add(p.gather(table, places, 0));
        elements.forEach((element, place) => {
          order[element] = from + place;
        });
      });
    }
  }
  const all = p.concat(columns, 1);
  const ordered = (order: readonly number[]) => p.gather(all, p.constant(int64(order)), 1);
  return [ordered(first), ordered(second)];
}

const perRow = (p: Program, value: Value): Value => p.reshape(value, value.shape.slice(0, 1));
/** A margin in float64, as replay has it: a violation unless it is 0 or more. */
const signalOf = (p: Program, exact: Value): Signal => {
  const margin = p.cast(exact, 'float32');
  return { violated: p.not(p.greaterOrEqual(exact, 0)), margin, losses: [margin] };
};

export const monotonic =
  (output: number, direction: Direction, slack: number): Question =>
  (p, { outputs }) => {
    const [before, after] = outputs.map((value) => p.slice(exactOf(p, value), 1, output, output + 1)) as [
      Value,
      Value,
    ];
    const change = direction === 'increasing' ? p.sub(after, before) : p.sub(before, after);
    return signalOf(p, perRow(p, p.add(change, slack)));
  };

/** Every output of the one is as near to that of the other as is allowed; a NaN is not. */
function noFurtherApart(
  p: Program,
  outputs: Parameters<Question>[1]['outputs'],
  allowed: Value | number,
): Signal {
  const differences = p.abs(p.sub(exactOf(p, outputs[0]), exactOf(p, outputs[1])));
  const signal = signalOf(p, perRow(p, p.reduceMin(p.sub(allowed, differences), [1])));
  return {
    ...signal,
    violated: p.or(signal.violated, anyNaN(p, p.cast(differences, 'float32'))),
    cluster: p.argMax(p.cast(differences, 'float32'), 1),
  };
}

export const lipschitz =
  (constant: number, slack: number): Question =>
  (p, { inputs, outputs }) => {
    const distance = p.reduceMax(p.abs(p.sub(exactOf(p, inputs[0]), exactOf(p, inputs[1]))), [1]);
    const allowed = p.add(p.mul(distance, constant), slack);
    return noFurtherApart(p, outputs, allowed);
  };

export const sameClass: Question = (p, { outputs }) => {
  const [left, right] = outputs.map((output) => logitsOf(p, output)) as [Value, Value];
  const [said, answered] = [p.argMax(left, 1), p.argMax(right, 1)];
  const nan = p.or(anyNaN(p, left), anyNaN(p, right));
  return {
    violated: p.or(p.not(p.equal(said, answered)), nan),
    margin: classMargin(p, right, said),
    losses: [classMargin(p, right, said), classMargin(p, left, answered)],
    cluster: classPair(p, left, said, answered),
    side: said,
  };
};

export const sameScores =
  (tolerance: number): Question =>
  (p, { outputs }) =>
    noFurtherApart(p, outputs, tolerance);
