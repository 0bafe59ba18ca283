// The file's graph -> the checker's network, at batch size 1. What it does not know stays unchecked.
import { isFloat } from '../../base/dtype.js';
import { sizeOf } from '../../base/shape.js';
import { type Tensor, toNumbers } from '../../base/tensor.js';
import type { Model, Node } from '../../graph/graph.js';
import type { Curve } from '../curves.js';
import { type Network, NotCheckable, type Step } from '../network.js';
import { Builder, type Variable } from './builder.js';
import * as elements from './elements.js';
import * as linear from './linear.js';
import * as moves from './moves.js';
import { type Context, refuse } from './values.js';

const operators: Readonly<Record<string, (context: Context) => Variable | readonly Variable[]>> = {
  Abs: elements.abs,
  Add: elements.add,
  AveragePool: linear.averagePool,
  BatchNormalization: elements.batchNormalization,
  Clip: elements.clip,
  Concat: moves.concat,
  Conv: linear.conv,
  ConvTranspose: linear.convTranspose,
  Div: elements.div,
  Dropout: moves.dropout,
  Expand: moves.expand,
  Flatten: moves.flatten,
  Gather: moves.gather,
  Gemm: linear.gemm,
  GlobalAveragePool: linear.averagePool,
  GlobalMaxPool: linear.maxPool,
  HardSigmoid: elements.hardSigmoid,
  Identity: moves.same,
  LeakyRelu: elements.leakyRelu,
  MatMul: linear.matmul,
  Max: elements.extreme('max'),
  MaxPool: linear.maxPool,
  Min: elements.extreme('min'),
  Mul: elements.mul,
  Neg: elements.neg,
  Pad: moves.pad,
  PRelu: elements.prelu,
  ReduceMax: linear.reduceMax,
  ReduceMean: linear.reduceMean,
  ReduceMin: linear.reduceMin,
  ReduceSum: linear.reduceSum,
  Relu: elements.relu,
  Reshape: moves.reshape,
  Sigmoid: elements.sigmoid,
  Slice: moves.slice,
  Softsign: elements.softsign,
  Split: moves.split,
  Squeeze: moves.squeeze,
  Sub: elements.sub,
  Tanh: elements.tanh,
  Transpose: moves.transpose,
  Unsqueeze: moves.unsqueeze,
};

export const certifiableOperators: readonly string[] = Object.keys(operators);

/**
 * @param isWhole whether all values of the file are bounded: else what the output depends on
 * @throws NotCheckable
 */
export function lowerNetwork({ graph, opsets }: Model, isWhole = false): Network {
  const [input, ...others] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined || others.length > 0)
    throw new NotCheckable('a model with other than one input');
  const shape = inputShape(input);
  const builder = new Builder(sizeOf(shape));
  const variables = new Map<string, Variable>([[input.name, { step: 0, shape }]]);
  const constants = new Map<string, Tensor>(graph.constants);
  for (const node of isWhole ? graph.nodes : needed(graph.nodes, output.name)) {
    const context: Context = {
      builder,
      node,
      opset: node.opset ?? opsets.get('') ?? 0,
      variable: (at) => named(variables, node.inputs[at]),
      constant: (at) => named(constants, node.inputs[at]),
    };
    if (node.type === 'Constant' && isOnnx(node)) constants.set(node.outputs[0] ?? '', constantOf(context));
    else
      lowered(context).forEach((variable, at) => {
        if (node.outputs[at]) variables.set(node.outputs[at], variable);
      });
  }
  const result = variables.get(output.name);
  if (result === undefined) throw new NotCheckable('the output does not depend on the input');
  if (isWhole && ![...constants.values()].every(isKnown)) throw new NotCheckable('a constant is not finite');
  const live = isWhole ? [...builder.steps.keys()] : liveSteps(builder.steps, result.step);
  const readers = new Map<number, Curve[]>();
  for (const at of live) {
    const step = builder.steps[at];
    if (step?.kind === 'curve') readers.set(step.source, [...(readers.get(step.source) ?? []), step.curve]);
  }
  const steps = new Map([...variables].map(([name, { step }]) => [name, step]));
  return { steps: builder.steps, output: result.step, live, named: steps, readers };
}

const isKnown = (constant: Tensor): boolean =>
  !isFloat(constant.dtype) || toNumbers(constant).every(Number.isFinite);

/** An empty name is an input that is left out. */
const named = <T>(values: ReadonlyMap<string, T>, name: string | undefined): T | undefined =>
  name ? values.get(name) : undefined;

function liveSteps(steps: readonly Step[], output: number): number[] {
  const live = new Set([0, output]);
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (!live.has(at) || step === undefined) continue;
    if (step.kind === 'curve') live.add(step.source);
    if (step.kind !== 'affine') continue;
    for (const { source } of step.parts) live.add(source);
    if (step.guarded !== undefined) live.add(step.guarded);
  }
  return [...live].sort((a, b) => a - b);
}

const isOnnx = ({ domain }: Node): boolean => domain === '' || domain === 'ai.onnx';

function lowered(context: Context): readonly Variable[] {
  const { node, opset } = context;
  const rule = isOnnx(node) && Object.hasOwn(operators, node.type) ? operators[node.type] : undefined;
  if (rule === undefined) throw refuse(context, 'an operator that the checker does not know');
  // Older ones broadcast by other rules.
  if (opset < 7) throw refuse(context, `operator set ${opset}, before 7`);
  const used = node.outputs.slice(1).filter(Boolean);
  if (used.length > 0 && !['Dropout', 'BatchNormalization', 'Split'].includes(node.type))
    throw refuse(context, 'several outputs');
  const found = rule(context);
  return 'step' in found ? [found] : found;
}

function constantOf(context: Context): Tensor {
  const value = context.node.attributes.get('value');
  if (value?.kind !== 'tensor') throw refuse(context, 'no tensor');
  return value.value;
}

/** A batch of one. */
function inputShape({ dtype, shape }: Model['graph']['inputs'][number]): number[] {
  if (dtype !== 'float32' || shape === undefined) throw new NotCheckable('an input that is not float32');
  return shape.map((dim, axis) => {
    if (typeof dim === 'number' && dim > 0) return dim;
    if (axis > 0 || typeof dim === 'number') throw new NotCheckable('an input with an open dimension');
    return 1;
  });
}

/** Nodes that the value depends on, in their order. */
function needed(nodes: readonly Node[], output: string): Node[] {
  const wanted = new Set([output]);
  const found: Node[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of node.inputs) wanted.add(name);
    found.unshift(node);
  }
  return found;
}
