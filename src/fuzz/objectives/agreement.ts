import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
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
