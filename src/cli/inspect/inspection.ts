// What `marauder inspect` finds out, as data.
import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import { footprintOf, weightBytes } from '../../graph/footprint.js';
import type { Dimension, Model, Node } from '../../graph/graph.js';
import type { TypedModel } from '../../graph/typed-model.js';
import {
  describeModel,
  type NodeSummary,
  type NodeSupport,
  type OperatorSummary,
} from '../../ops/describe.js';
import { arraysPerCoefficient } from '../../verify/crown/plan.js';
import { defaultMemoryBytes } from '../memory.js';

export type ValueRow = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string | null)[];
};

export type NodeRow = {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly outputs: readonly ValueRow[];
  /** Elements of the initialisers that it reads, but for shapes and indices. Nodes that share one count it each. */
  readonly parameters: number;
  readonly support: NodeSupport;
  /** Why it has no bounds, null where it has or needs none. */
  readonly reason: string | null;
};

/** Estimates, in bytes. */
export type MemoryRow = {
  /** All values that one input gives; the most that are needed at one time. */
  readonly activationBytes: number;
  readonly peakActivationBytes: number;
  /** Interval bounds of one box (IBP). */
  readonly intervalBytes: number;
  /** One row of coefficients (CROWN) with all that is computed from it at once, and how many of them the ceiling allows. */
  readonly coefficientBytes: number;
  readonly ceilingBytes: number;
  readonly rowsPerChunk: number;
};

/** What `--json` prints, with the file and its hash. */
export type Inspection = {
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueRow[];
  readonly outputs: readonly ValueRow[];
  /** Elements of all initialisers, but for shapes and indices. */
  readonly parameters: number;
  /** All initialisers, as ONNX holds them. */
  readonly weightBytes: number;
  /** null where the model could not be run. */
  readonly memory: MemoryRow | null;
  /** Whether several inputs can be run as one batch; null where the model could not be run. */
  readonly batched: boolean | null;
  /** In the order of the graph. */
  readonly nodes: readonly NodeRow[];
  readonly operators: readonly OperatorSummary[];
  /** Why the model cannot be checked yet, null where it can. */
  readonly obstacle: string | null;
  /** Why its first output cannot be bounded, and so nothing proved of it; null where it can. */
  readonly unbounded: string | null;
};

/** @param found the model with its types, or why it has none */
export function inspection(model: Model, found: TypedModel | UserError): Inspection {
  const typed = found instanceof UserError ? untyped(model) : found;
  const { graph } = typed;
  const { nodes, operators, unbounded } = describeModel(typed);
  const rowOf = ({ name, ...declared }: { name: string } & Partial<Declared>): ValueRow =>
    valueRow(name, typed.types.get(name) ?? declared);
  return {
    producer: model.producer,
    opsets: Object.fromEntries([...model.opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
    inputs: graph.inputs.map(rowOf),
    outputs: graph.outputs.map(rowOf),
    parameters: [...graph.constants.values()].reduce((sum, tensor) => sum + parametersOf(tensor), 0),
    weightBytes: weightBytes(model),
    memory: found instanceof UserError ? null : memoryRow(found),
    batched: found instanceof UserError ? null : found.batched,
    nodes: graph.nodes.map((node, at) => nodeRow(typed, node, nodes[at], rowOf)),
    operators,
    obstacle: found instanceof UserError ? found.details.problem : null,
    unbounded,
  };
}

function nodeRow(
  { graph }: TypedModel,
  { name, type, domain, inputs, outputs }: Node,
  summary: NodeSummary = { support: 'unknown', reason: null },
  rowOf: (named: { name: string }) => ValueRow,
): NodeRow {
  const constants = new Set(inputs.flatMap((input) => graph.constants.get(input) ?? []));
  return {
    name,
    operator: type,
    domain,
    outputs: outputs.filter((output) => output !== '').map((output) => rowOf({ name: output })),
    parameters: [...constants].reduce((sum, tensor) => sum + parametersOf(tensor), 0),
    ...summary,
  };
}

/** Shapes, axes and indices are int64 or bool; what was trained is not, quantised or not. */
const parametersOf = ({ dtype, shape }: Tensor): number =>
  dtype === 'int64' || dtype === 'bool' || dtype === 'string' ? 0 : sizeOf(shape);

function memoryRow(model: TypedModel): MemoryRow {
  const { activationBytes, peakBytes, intervalBytes, ...footprint } = footprintOf(model);
  const coefficientBytes = arraysPerCoefficient * footprint.coefficientBytes;
  return {
    activationBytes,
    peakActivationBytes: peakBytes,
    intervalBytes,
    coefficientBytes,
    ceilingBytes: defaultMemoryBytes,
    rowsPerChunk: Math.max(1, Math.floor(defaultMemoryBytes / Math.max(coefficientBytes, 1))),
  };
}

function untyped(model: Model): TypedModel {
  const nothing = { name: '', dtype: 'float32', shape: [] } as const;
  return { ...model, types: new Map(), folded: new Map(), batched: false, input: nothing, output: nothing };
}

type Declared = {
  readonly dtype: string | undefined;
  readonly shape: readonly Dimension[] | undefined;
};

const valueRow = (name: string, { dtype, shape }: Partial<Declared>): ValueRow => ({
  name,
  dtype: dtype ?? 'unknown',
  shape: (shape ?? []).map((dim) => dim ?? null),
});
