// What Marauder can do with each operator of a model: bound it, run it in its own programs, or only pass it on.

import { isFloat } from '../base/dtype.js';
import type { TypedModel } from '../graph/typed-model.js';
import { operatorOf } from './operators/index.js';

export type OperatorSummary = {
  readonly type: string;
  readonly domain: string;
  readonly nodes: number;
  readonly bounded: boolean;
  /** Why not, where it is not. */
  readonly reason: string | null;
};

/** One row per operator of the graph, in alphabetical order. */
export function describeOperators(model: TypedModel): OperatorSummary[] {
  const rows = new Map<string, OperatorSummary>();
  for (const { type, domain, outputs } of model.graph.nodes) {
    const folded = outputs.every((name) => name === '' || model.folded.has(name));
    const dtype = model.types.get(outputs[0] ?? '')?.dtype;
    const reason = folded ? null : reasonAgainst(type, domain, dtype === undefined || isFloat(dtype));
    const key = `${domain}:${type}`;
    const known = rows.get(key);
    rows.set(key, {
      type,
      domain,
      nodes: (known?.nodes ?? 0) + 1,
      bounded: (known?.bounded ?? true) && reason === null,
      reason: known?.reason ?? reason,
    });
  }
  return [...rows.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

function reasonAgainst(type: string, domain: string, float: boolean): string | null {
  const operator = operatorOf(type, domain);
  if (operator === undefined) return 'no rule for this operator: fuzzed only';
  if (operator.interval === undefined) return 'no bound rule for this operator: fuzzed only';
  return float ? null : 'only float values are bounded: fuzzed only';
}
