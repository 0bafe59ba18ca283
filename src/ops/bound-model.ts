// Interval bound propagation over a model: every node's rule in turn. arXiv 1810.12715.
import { isFloat } from '../base/dtype.js';
import { type Tensor, toNumbers } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import { ProgramError } from '../program/program-error.js';
import { type Interval, point, unlessInfinite } from './interval.js';
import { nodeContext } from './lower-model.js';
import { NotLowered, Unbounded } from './operator.js';
import { operatorOf } from './operators/index.js';
import type { Rounding } from './rounding.js';

export type BoundedModel = {
  /** Bounds of a value by name. Throws Unbounded where it has none, with the node that is to blame. */
  bounds(name: string): Interval;
};

/** Bounds for all inputs between `input.lower` and `input.upper`, in the dtype of the program that `rounding` describes. */
export function boundModel(p: Program, model: TypedModel, input: Interval, rounding: Rounding): BoundedModel {
  const known = new Map<string, Interval | Unbounded>([[model.input.name, input]]);
  const bounds = (name: string): Interval => {
    const tensor = model.graph.constants.get(name) ?? model.folded.get(name);
    const found = known.get(name) ?? (tensor && constantInterval(p, tensor, name, rounding));
    if (found === undefined) throw new Unbounded(`value "${name}" has no bounds`);
    if (found instanceof Unbounded) throw found;
    return found;
  };
  for (const node of model.graph.nodes) {
    const [first, ...others] = node.outputs;
    if (first === undefined || model.folded.has(first)) continue;
    known.set(
      first,
      attempt(() => nodeInterval(p, model, node, bounds, rounding)),
    );
    for (const name of others)
      known.set(name, new Unbounded(`node "${node.name}" (${node.type}): only its first output is bounded`));
  }
  return { bounds };
}

function nodeInterval(
  p: Program,
  model: TypedModel,
  node: Node,
  bounds: (name: string) => Interval,
  rounding: Rounding,
) {
  const interval = operatorOf(node.type, node.domain)?.interval;
  if (interval === undefined)
    throw new Unbounded(`node "${node.name}" (${node.type}): this operator has no bound rule`);
  const context = nodeContext(p, model, node);
  if (context.output.dtype !== 'float32') {
    throw new Unbounded(
      `node "${node.name}" (${node.type}): only float32 is bounded, not ${context.output.dtype}`,
    );
  }
  return interval({
    ...context,
    rounding,
    input: (position) => bounds(node.inputs[position] ?? ''),
    has: (position) => (node.inputs[position] ?? '') !== '',
  });
}

function attempt(rule: () => Interval): Interval | Unbounded {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Unbounded) return error;
    if (error instanceof NotLowered || error instanceof ProgramError) return new Unbounded(error.message);
    throw error;
  }
}

/** A point; where the constant is infinite or NaN, nothing is known, as of any value. */
function constantInterval(p: Program, value: Tensor, name: string, rounding: Rounding): Interval {
  if (!isFloat(value.dtype)) throw new Unbounded(`constant "${name}" is ${value.dtype}`);
  const bounds = point(p.cast(p.constant(value), rounding.dtype));
  return toNumbers(value).every(Number.isFinite) ? bounds : unlessInfinite(p, bounds, bounds);
}
