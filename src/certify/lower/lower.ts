// The file's graph -> the checker's network, at batch size 1. It knows few operators on purpose: what it does not know stays unchecked.
import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import type { Model, Node } from '../../graph/graph.js';
import { type Network, NotCheckable, type Step } from '../network.js';
import { Builder, type Variable } from './builder.js';
import { add, batchNormalization, div, mul, neg, sub } from './elements.js';
import { conv, gemm, matmul } from './layers.js';
import { concat, flatten, reshape, same, squeeze, transpose, unsqueeze } from './moves.js';
import { type Context, refuse, variableOf } from './values.js';

function relu(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  return { step: context.builder.append({ kind: 'relu', size: sizeOf(shape), source: step }), shape };
}

/** In inference it does nothing. */
function dropout(context: Context): Variable {
  if (context.node.inputs[2]) throw refuse(context, 'with a training mode of its own');
  return same(context);
}

const operators: Readonly<Record<string, (context: Context) => Variable>> = {
  Add: add,
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  Div: div,
  Dropout: dropout,
  Flatten: flatten,
  Gemm: gemm,
  Identity: same,
  MatMul: matmul,
  Mul: mul,
  Neg: neg,
  Relu: relu,
  Reshape: reshape,
  Squeeze: squeeze,
  Sub: sub,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};

export const certifiableOperators: readonly string[] = Object.keys(operators);

/** @throws NotCheckable */
export function lowerNetwork({ graph, opsets }: Model): Network {
  const [input, ...others] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined || others.length > 0)
    throw new NotCheckable('a model with other than one input');
  const shape = inputShape(input);
  const builder = new Builder(sizeOf(shape));
  const variables = new Map<string, Variable>([[input.name, { step: 0, shape }]]);
  const constants = new Map<string, Tensor>(graph.constants);
  const opset = opsets.get('') ?? 0;
  for (const node of needed(graph.nodes, output.name)) {
    const context: Context = {
      builder,
      node,
      opset: node.opset ?? opset,
      variable: (at) => variables.get(node.inputs[at] ?? ''),
      constant: (at) => constants.get(node.inputs[at] ?? ''),
    };
    if (node.type === 'Constant' && isOnnx(node)) constants.set(node.outputs[0] ?? '', constantOf(context));
    else variables.set(node.outputs[0] ?? '', lowered(context));
  }
  const result = variables.get(output.name);
  if (result === undefined) throw new NotCheckable('the output does not depend on the input');
  const live = liveSteps(builder.steps, result.step);
  return {
    steps: builder.steps,
    output: result.step,
    live,
    named: new Map([...variables].map(([name, { step }]) => [name, step])),
    preactivations: [...new Set(live.flatMap((at) => rectified(builder.steps[at])))],
  };
}

const rectified = (step: Step | undefined): number[] => (step?.kind === 'relu' ? [step.source] : []);

function liveSteps(steps: readonly Step[], output: number): number[] {
  const live = new Set([0, output]);
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (!live.has(at) || step === undefined || step.kind === 'input') continue;
    if (step.kind === 'relu') live.add(step.source);
    else {
      for (const { source } of step.parts) live.add(source);
      if (step.guarded !== undefined) live.add(step.guarded);
    }
  }
  return [...live].sort((a, b) => a - b);
}

const isOnnx = ({ domain }: Node): boolean => domain === '' || domain === 'ai.onnx';

function lowered(context: Context): Variable {
  const { node, opset } = context;
  const rule = isOnnx(node) && Object.hasOwn(operators, node.type) ? operators[node.type] : undefined;
  if (rule === undefined) throw refuse(context, 'an operator that the checker does not know');
  // Older ones broadcast by other rules.
  if (opset < 7) throw refuse(context, `operator set ${opset}, before 7`);
  const used = node.outputs.slice(1).filter(Boolean);
  if (used.length > 0 && node.type !== 'Dropout' && node.type !== 'BatchNormalization')
    throw refuse(context, 'several outputs');
  return rule(context);
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
