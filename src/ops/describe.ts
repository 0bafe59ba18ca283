// What Marauder can do with each operator of a model: bound it, run it in its own programs, or only pass it on.
import type { Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import { Program } from '../program/program.js';
import { boundModel } from './bound-model.js';
import { Unbounded } from './operator.js';
import { operatorOf } from './operators/index.js';
import { createRounding } from './rounding.js';

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
  const reasonAgainst = nodeReasons(model);
  for (const node of model.graph.nodes) {
    const { type, domain } = node;
    const reason = reasonAgainst(node);
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

/** Bounds every node, because a rule may refuse the way in which a node uses its operator. */
function nodeReasons(model: TypedModel): (node: Node) => string | null {
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', model.input.shape);
  const box = { lower: input('lower'), upper: input('upper') };
  const { bounds } = boundModel(p, model, box, createRounding('float32', 'deployed'));
  const obstacle = (name: string): string | null => {
    try {
      bounds(name);
      return null;
    } catch (error) {
      if (error instanceof Unbounded) return error.message;
      throw error;
    }
  };
  const produced = new Set(model.graph.nodes.flatMap(({ outputs }) => outputs));
  return ({ type, domain, inputs, outputs }) => {
    const names = outputs.filter((name) => name !== '' && !model.folded.has(name));
    if (names.length === 0) return null;
    const operator = operatorOf(type, domain);
    if (operator === undefined) return 'no rule for this operator: fuzzed only';
    if (operator.interval === undefined) return 'no bound rule for this operator: fuzzed only';
    const typed = names.flatMap((name) => model.types.get(name) ?? []);
    // What an earlier node lacks is not this one's fault; of a model that does not run, no more can be said.
    const reached =
      typed.length === names.length && inputs.every((name) => !produced.has(name) || obstacle(name) === null);
    const problem = reached ? names.map(obstacle).find((found) => found !== null) : undefined;
    return problem === undefined ? null : `${problem}: fuzzed only`;
  };
}
