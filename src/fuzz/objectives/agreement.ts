import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { logitsOf } from './robustness.js';
import { anyNaN, classMargin, classPair, nothingProven, type Proven, watched } from './watched.js';

/**
 * Agreement: violated where the two models answer with different classes, or one with NaN. The margin is the second
 * model's, for the first one's class. Gradients lead to the decision boundary of whichever model has them: that is where
 * two nearly equal models differ, and so does bisection between inputs to which the first gives different classes.
 */
export function agreement(
  first: TypedModel,
  second: TypedModel,
  proven: readonly [Proven, Proven] = [nothingProven, nothingProven],
): Encode {
  return (p, x) => {
    const [{ seen: a }, { seen: b }] = [watched(p, first, x, proven[0]), watched(p, second, x, proven[1])];
    const [left, right] = [logitsOf(p, a.output.value), logitsOf(p, b.output.value)];
    const [said, answered] = [p.argMax(left, 1), p.argMax(right, 1)];
    const nan = p.or(anyNaN(p, left), anyNaN(p, right));
    return {
      ...a,
      nonFinite: p.or(a.nonFinite, b.nonFinite),
      violated: p.or(p.not(p.equal(said, answered)), nan),
      margin: classMargin(p, right, said),
      losses: [classMargin(p, left, said), classMargin(p, right, answered)],
      cluster: classPair(p, left, said, answered),
      side: said,
    };
  };
}

/**
 * Agreement with a tolerance: violated where some output differs by more, or is NaN. Computed in float64, as replay does. Clusters are
 * the outputs that differ most.
 */
export function tolerance(
  first: TypedModel,
  second: TypedModel,
  most: number,
  proven: readonly [Proven, Proven] = [nothingProven, nothingProven],
): Encode {
  return (p, x) => {
    const [{ seen: a }, { seen: b }] = [watched(p, first, x, proven[0]), watched(p, second, x, proven[1])];
    const differences = p.abs(p.sub(exactOf(p, a.output.value), exactOf(p, b.output.value)));
    const slack = p.sub(most, differences);
    const margin = p.cast(p.reshape(p.reduceMin(slack, [1]), x.shape.slice(0, 1)), 'float32');
    const beyond = p.cast(p.not(p.lessOrEqual(differences, most)), 'float32');
    return {
      ...a,
      nonFinite: p.or(a.nonFinite, b.nonFinite),
      violated: p.greater(p.reshape(p.reduceMax(beyond, [1]), x.shape.slice(0, 1)), 0),
      margin,
      losses: [margin],
      cluster: p.argMax(p.cast(differences, 'float32'), 1),
    };
  };
}

/** Scores as float64 [batch, outputs]. */
export const exactOf = (p: Program, output: Value): Value => p.mergeInto(p.cast(output, 'float64'), 1);
