// What a property demands of a classifier's scores, in the graph.
import { int64 } from '../../base/tensor.js';
import type { Demand } from '../../policy/demand.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { classMargin, others } from './watched.js';

/**
 * [batch]: positive exactly where the demand holds, if no score is NaN.
 * @param logits [batch, classes]
 * @param own class of each row, int64 [batch]
 */
export function demandMargin(p: Program, demand: Demand, logits: Value, own: Value): Value {
  if (demand.kind === 'wins') return leadOver(p, demand.rank, logits, own);
  const margins = demand.targets.map((target) => {
    const all = p.add(p.mul(own, 0), p.constant(int64([target])));
    // The row's own class may win.
    return p.where(p.equal(own, all), Infinity, p.neg(classMargin(p, logits, all)));
  });
  return margins.reduce((least, next) => p.min(least, next));
}

/** The own score minus the greatest other one but for rank - 1 greater ones. */
function leadOver(p: Program, rank: number, logits: Value, own: Value): Value {
  if (rank === 1) return classMargin(p, logits, own);
  let rest = others(p, logits, own);
  for (let passed = 1; passed < rank; passed++) rest = others(p, rest, p.argMax(rest, 1));
  const column = p.reshape(own, [...own.shape, 1]);
  const rival = p.reshape(p.reduceMax(rest, [1]), own.shape);
  return p.sub(p.reshape(p.gatherElements(logits, column, 1), own.shape), rival);
}
