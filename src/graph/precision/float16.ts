// A float32 model as float16 hardware runs it: every value is stored as float16, sums are accumulated in float32.
//
// The casts are written out. ONNX Runtime's CPU has no float16 kernels: given a file with float16 nodes it computes in float32 from
// end to end and drops every cast that it inserted, so that only the weights are rounded (seen in 1.30). Casts that the file itself
// has between float32 nodes stay, whatever the optimisation level, and so does what they round.
import { type Tensor, tensor } from '../../base/tensor.js';
import { allNames, freshName } from '../fresh-names.js';
import type { Graph, Model, Node } from '../graph.js';
import { renamed, valuesRead } from '../rename.js';
import type { TypedModel } from '../typed-model.js';

const greatestFloat16 = 65504;
const smallestNormalExponent = -14;
const fractionBits = 10;
/** ONNX's number of the element type. */
const dataType = { float32: 1, float16: 10 };

/** Operators whose results are float16 numbers wherever their arguments are: rounding them would change nothing. */
const exact: ReadonlySet<string> = new Set([
  'Abs',
  'Ceil',
  'Clip',
  'Concat',
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Floor',
  'Gather',
  'GatherElements',
  'GatherND',
  'GlobalMaxPool',
  'Identity',
  'Max',
  'MaxPool',
  'Min',
  'Neg',
  'ReduceMax',
  'ReduceMin',
  'Relu',
  'Reshape',
  'Round',
  'Sign',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
  'Where',
]);

/** Inputs that are no data, but sizes and steps: rounding them would make another model. */
const parameters: Readonly<Record<string, readonly number[]>> = {
  DequantizeLinear: [1],
  QuantizeLinear: [1],
  Resize: [1, 2],
  Upsample: [1],
};

/**
 * The model with inputs, weights and every result rounded to float16. Inputs and outputs stay float32, and values keep their names.
 * Weights beyond the range become its greatest number, as converters make them; computed values become infinite, as hardware does.
 * @param model as its file has it, typed
 */
export function toFloat16(model: TypedModel): Model {
  const { graph, types, irVersion, opsets, producer, functions } = model;
  const taken = allNames(graph);
  const isFloat32 = (name: string) => types.get(name)?.dtype === 'float32';
  const inputs = graph.inputs.filter(({ name }) => isFloat32(name));
  const roundedInputs = new Map(inputs.map(({ name }) => [name, freshName(`${name}_rounded`, taken)]));
  const rename = (name: string) => roundedInputs.get(name) ?? name;
  const nodes = [
    ...[...roundedInputs].flatMap(([name, rounded]) => casts(name, rounded, name, taken)),
    ...graph.nodes.flatMap((node) => rounding(renamed(node, rename), isFloat32, taken)),
  ];
  return { irVersion, opsets, producer, functions, graph: { ...graph, constants: weights(graph), nodes } };
}

/** The node, and behind it the casts of its results, which take over their names. */
function rounding(node: Node, isFloat32: (name: string) => boolean, taken: Set<string>): Node[] {
  const isExact = node.domain === '' && exact.has(node.type);
  const wide = new Map(
    node.outputs
      .filter((name) => !isExact && isFloat32(name))
      .map((name) => [name, freshName(`${name}_wide`, taken)]),
  );
  const outputs = node.outputs.map((name) => wide.get(name) ?? name);
  return [{ ...node, outputs }, ...[...wide].flatMap(([name, from]) => casts(from, name, node.name, taken))];
}

/** float32 -> float16 -> float32; the second is named after the node whose result overflows there. */
function casts(from: string, to: string, maker: string, taken: Set<string>): Node[] {
  const narrow = freshName(`${to}_float16`, taken);
  const cast = (name: string, input: string, output: string, type: keyof typeof dataType): Node => ({
    name: freshName(name, taken),
    type: 'Cast',
    domain: '',
    inputs: [input],
    outputs: [output],
    attributes: new Map([['to', { kind: 'int', value: dataType[type] }]]),
  });
  return [
    cast(`${maker}_to_float16`, from, narrow, 'float16'),
    cast(`${maker}_in_float16`, narrow, to, 'float32'),
  ];
}

/** Constants that some node reads as a parameter stay as they are. */
function weights({ nodes, constants }: Graph): Map<string, Tensor> {
  const kept = new Set(
    nodes.flatMap(({ type, inputs }) => (parameters[type] ?? []).map((at) => inputs[at] ?? '')),
  );
  const read = new Set(nodes.flatMap(valuesRead));
  return new Map(
    [...constants].map(([name, value]) => [
      name,
      kept.has(name) || !read.has(name) ? value : narrowed(value),
    ]),
  );
}

const narrowed = (value: Tensor): Tensor =>
  value.dtype === 'float32'
    ? tensor('float32', value.shape, Float32Array.from(value.data as Float32Array, weightInFloat16))
    : value;

/** Infinities, which masks are made of, stay. */
const weightInFloat16 = (value: number): number =>
  Number.isFinite(value)
    ? roundToFloat16(Math.min(Math.max(value, -greatestFloat16), greatestFloat16))
    : value;

/** The nearest float16 number, ties to even; infinite beyond the range. */
export function roundToFloat16(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const exponent = Math.max(exponentOf(value), smallestNormalExponent);
  // Adding three halves of 2^52 units leaves no bits below the unit, and takes them off as IEEE 754 rounds.
  const shift = 1.5 * 2 ** (52 + exponent - fractionBits);
  const rounded = value + shift - shift;
  if (Math.abs(rounded) > greatestFloat16) return value < 0 ? -Infinity : Infinity;
  return rounded === 0 && value < 0 ? -0 : rounded;
}

/** Of a float32 number; subnormal ones are told to be smaller than they are, which rounds them to zero all the same. */
function exponentOf(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  return ((bits >>> 23) & 255) - 127;
}
