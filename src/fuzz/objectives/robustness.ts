import { isFloat } from '../../base/dtype.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import { type Demand, wins } from '../../policy/demand.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { demandMargin } from './demand-margin.js';
import { anyNaN, classPair, nothingProven, type Proven, rivalOf, watched } from './watched.js';

/** Logits as float32 [batch, classes], whatever axes of size 1 the model adds. */
export const logitsOf = (p: Program, output: Value): Value =>
  p.mergeInto(isFloat(output.dtype) ? p.cast(output, 'float32') : output, 1);

/**
 * Robustness: violated where the target class does not beat every other class (or what else is demanded of the scores does not
 * hold), or some output is NaN. Clusters are pairs of the target and the greatest other class; the answered class is the side.
 */
export function robustness(model: TypedModel, proven: Proven = nothingProven, demand: Demand = wins): Encode {
  return (p, x, target) => {
    const { seen } = watched(p, model, x, proven);
    const logits = logitsOf(p, seen.output.value);
    const side = p.argMax(logits, 1);
    const margin = demandMargin(p, demand, logits, target);
    const lost = p.not(p.greater(margin, 0));
    // What is proved finite is no NaN.
    const violated = proven.has(model.output.name) ? lost : p.or(lost, anyNaN(p, logits));
    // The rival's: a tie with it is the same failure as losing to it.
    const cluster = classPair(p, logits, target, rivalOf(p, logits, target));
    return { ...seen, violated, margin, losses: [margin], cluster, side };
  };
}
