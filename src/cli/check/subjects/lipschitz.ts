import { lipschitz as ask } from '../../../fuzz/objectives/pairs.js';
import type { PairSpace } from '../../../policy/pairs.js';
import type { LipschitzProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Disjunct, LinearConstraint } from '../../../policy/vnnlib/property.js';
import type { Slopes } from '../../../verify/slopes/slopes.js';
import { classCount } from '../fit.js';
import type { SubjectMaker } from '../subject.js';
import { doubleBox } from './paired.js';
import { singleInputs, whereWords } from './single-inputs.js';
import { derivedSlack, type Sloped, unitRows } from './sloped.js';
import { slopedPair } from './sloped-pair.js';

/** |f(x) - f(x')|_inf <= constant |x - x'|_inf + slack for all x and x' of the set. */
export const lipschitz: SubjectMaker<LipschitzProperty> = async (property, context) => {
  const { resources, runtime } = context;
  const { constant } = property;
  const model = await resources.model(property.model);
  const outputs = classCount(model);
  const set = await singleInputs(property, model, context);
  const elements = Array.from({ length: set.size }, (_, element) => element);
  const space: PairSpace = {
    size: set.size,
    differences: elements.map((element) => ({ kind: 'free', element })),
  };
  const rows = unitRows(
    Array.from({ length: outputs }, (_, output) => output),
    outputs,
  );
  const slack = property.slack ?? (await derivedSlack({ model, set, rows }, placeOf(property.at), runtime));
  const sloped: Sloped = { model, set, rows, slack, excess: steepness(constant) };
  const broken = breaches(set.size, outputs, constant, slack);
  const disjuncts = (instance: number): Disjunct[] => {
    const box = doubleBox(set, instance);
    return broken.map((constraints) => ({ ...box, constraints }));
  };
  return slopedPair(
    {
      property,
      model,
      set,
      space,
      statement: { constant, slack },
      ask: ask(constant, slack),
      claim: `outputs change by at most ${constant} times as much as inputs (linf), and ${slack}, ${whereWords(property)}`,
    },
    sloped,
    disjuncts,
    runtime,
  );
};

/** By how much the steepest output exceeds the constant, over the longest way in the set. */
const steepness =
  (constant: number) =>
  ({ least, most }: Slopes, widths: Float64Array): number => {
    const size = widths.length;
    let excess = 0;
    for (let from = 0; from < least.length; from += size) {
      let sum = 0;
      for (let at = 0; at < size; at++)
        if (widths[at] !== 0)
          sum += Math.max(Math.abs(least[from + at] ?? 0), Math.abs(most[from + at] ?? 0));
      // A sum of so many float32 numbers rounds up by less than that.
      excess = Math.max(excess, sum * (1 + 2 ** -40) - constant);
    }
    return excess * widths.reduce((longest, width) => Math.max(longest, width), 0);
  };

/**
 * Some output is greater at the one, or the other, than constant |x_i - x'_i| + slack allows for every i: one list of constraints for
 * each way.
 */
function breaches(size: number, outputs: number, constant: number, slack: number): LinearConstraint[][] {
  const ways = Array.from({ length: outputs }, (_, output) =>
    [1, -1].map((sign) => ({ output, sign })),
  ).flat();
  return ways.map(({ output, sign }) =>
    Array.from({ length: size }, (_, at) => [1, -1].map((side) => ({ at, side })))
      .flat()
      .map(
        ({ at, side }): LinearConstraint => ({
          inputs:
            constant === 0
              ? { indices: new Int32Array(), coefficients: new Float64Array() }
              : {
                  indices: Int32Array.of(at, size + at),
                  coefficients: Float64Array.of(side * constant, -side * constant),
                },
          outputs: {
            indices: Int32Array.of(output, outputs + output),
            coefficients: Float64Array.of(-sign, sign),
          },
          bound: -slack,
          strict: true,
        }),
      ),
  );
}
