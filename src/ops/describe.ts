// What Marauder can do with each node and operator of a model: bound it, or only run it and fuzz through it.
import { messageOf } from '../base/user-error.js';
import type { Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import { Program } from '../program/program.js';
import { boundModel } from './bound-model.js';
import { Unbounded } from './operator.js';
import { operatorOf } from './operators/index.js';
import { createRounding } from './rounding.js';

/**
 * - `bounded`: all of its outputs have bounds;
 * - `constant`: its result does not depend on data, and is taken from a run;
 * - `behind`: it has a rule, but an earlier node is not bounded;
 * - `fuzzed`: it can only be fuzzed, for a reason of its own;
 * - `unknown`: it has a rule, but the model does not run, so that its types are not known.
 */
export type NodeSupport = 'bounded' | 'constant' | 'behind' | 'fuzzed' | 'unknown';

export type NodeSummary = {
  readonly support: NodeSupport;
  /** Why it has no bounds, null where it has or needs none. */
  readonly reason: string | null;
};

export type OperatorSummary = {
  readonly type: string;
  readonly domain: string;
  readonly nodes: number;
  readonly bounded: boolean;
  /** Why not, where it is not. */
  readonly reason: string | null;
};

export type ModelSummary = {
  /** In the order of the graph. */
  readonly nodes: readonly NodeSummary[];
  /** One row per operator of the graph, in alphabetical order. */
  readonly operators: readonly OperatorSummary[];
  /** Why the first output has no bounds, null where it has. */
  readonly unbounded: string | null;
};

/** Builds the bounds of every node, without running them, because a rule may refuse the way in which a node uses its operator. */
export function describeModel(model: TypedModel): ModelSummary {
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', model.input.shape);
  const box = { lower: input('lower'), upper: input('upper') };
  const { bounds } = boundModel(p, model, box, createRounding('float32', 'deployed'));
  const obstacle = (name: string): string | null => {
    try {
      bounds(name);
      return null;
    } catch (error) {
      if (error instanceof Unbounded) return messageOf(error);
      throw error;
    }
  };
  const produced = new Set(model.graph.nodes.flatMap(({ outputs }) => outputs));
  const nodes = model.graph.nodes.map((node) => describeNode(model, node, produced, obstacle));
  return {
    nodes,
    operators: byOperator(model.graph.nodes, nodes),
    unbounded: reasonAgainst(model, obstacle),
  };
}

const reasonAgainst = (
  { output, types }: TypedModel,
  obstacle: (name: string) => string | null,
): string | null => {
  if (types.size === 0) return 'the model could not be run';
  return obstacle(output.name);
};

function describeNode(
  { folded, types }: TypedModel,
  { type, domain, inputs, outputs }: Node,
  produced: ReadonlySet<string>,
  obstacle: (name: string) => string | null,
): NodeSummary {
  const names = outputs.filter((name) => name !== '' && !folded.has(name));
  if (names.length === 0) return { support: 'constant', reason: null };
  const operator = operatorOf(type, domain);
  if (operator?.interval === undefined)
    return {
      support: 'fuzzed',
      reason: `no ${operator === undefined ? '' : 'bound '}rule for this operator: fuzzed only`,
    };
  if (types.size === 0) return { support: 'unknown', reason: 'the model could not be run' };
  // What an earlier node lacks is not this one's fault.
  const earlier = inputs.filter((name) => produced.has(name)).map(obstacle);
  const lacking = earlier.find((found) => found !== null);
  if (lacking !== undefined) return { support: 'behind', reason: lacking };
  const problem = names.map(obstacle).find((found) => found !== null);
  return problem === undefined
    ? { support: 'bounded', reason: null }
    : { support: 'fuzzed', reason: `${problem}: fuzzed only` };
}

function byOperator(nodes: readonly Node[], summaries: readonly NodeSummary[]): OperatorSummary[] {
  const rows = new Map<string, OperatorSummary>();
  nodes.forEach(({ type, domain }, at) => {
    const summary = summaries[at];
    const reason = summary?.support === 'fuzzed' ? summary.reason : null;
    const key = `${domain}:${type}`;
    const known = rows.get(key);
    rows.set(key, {
      type,
      domain,
      nodes: (known?.nodes ?? 0) + 1,
      bounded: (known?.bounded ?? true) && reason === null,
      reason: known?.reason ?? reason,
    });
  });
  return [...rows.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}
