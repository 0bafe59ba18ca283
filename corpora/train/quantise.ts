// Post-training quantisation to 8 bits in QDQ form: the float graph with QuantizeLinear and DequantizeLinear pairs.
import { float32, type Tensor, tensor } from '../../src/base/tensor.js';
import type { Model, Node } from '../../src/graph/graph.js';
import { attribute } from '../../src/program/primitive.js';
import { INPUT, LOGITS, modelOf, rowsOf10 } from './export.js';
import { type Layer, nodeOf } from './layers/layer.js';
import type { Network, Trained } from './network.js';

/** Greatest activation on the training data, by name of the Relu layer. */
export type Calibration = ReadonlyMap<string, number>;

const GREATEST_ACTIVATION = 255;
/**
 * Half the range of int8: CPUs without VNNI add two uint8 x int8 products in 16 bits and saturate beyond it,
 * so that full-range weights would classify differently from machine to machine.
 */
const GREATEST_WEIGHT = 64;

type Wire = { readonly name: string; readonly scale: number };

class Quantiser {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();

  /** A uint8 pair behind a value that is never negative; the zero point is 0, so that Relu costs nothing. */
  activation(name: string, greatest: number): Wire {
    const scale = Math.fround(greatest / GREATEST_ACTIVATION);
    const parameters = [`${name}_scale`, `${name}_zero`] as const;
    this.constants.set(parameters[0], float32([scale], []));
    this.constants.set(parameters[1], tensor('uint8', [], Uint8Array.of(0)));
    this.#add('QuantizeLinear', `${name}_quantise`, [name, ...parameters], `${name}_q`);
    this.#add('DequantizeLinear', `${name}_dequantise`, [`${name}_q`, ...parameters], `${name}_dq`);
    return { name: `${name}_dq`, scale };
  }

  /** Weight and bias as integers, one scale per output; the bias in units of (input scale * weight scale), as integer kernels add it. */
  affine(layer: Layer, weights: Trained, input: Wire, output: string): void {
    const [weight, bias] = layer.parameters.map(({ name }) => name);
    const [w, b] = [weights.get(weight ?? ''), weights.get(bias ?? '')];
    if (weight === undefined || bias === undefined || w === undefined || b === undefined)
      throw new Error(`${layer.name} has no weight or bias`);
    const scales = outputScales(w);
    const biasScales = scales.map((scale) => Math.fround(scale * input.scale));
    const rowSize = w.data.length / scales.length;
    const rounded = Int8Array.from(w.data, (value, at) =>
      round(value / (scales[Math.floor(at / rowSize)] ?? 1)),
    );
    const biases = Int32Array.from(b.data, (value, at) => round(value / (biasScales[at] ?? 1)));
    const inputs = [
      this.#parameter(weight, tensor('int8', w.shape, rounded), scales),
      this.#parameter(bias, tensor('int32', b.shape, biases), biasScales),
    ];
    this.nodes.push(nodeOf(layer, [input.name, ...inputs], output));
  }

  plain(layer: Layer, input: string, output: string): void {
    this.nodes.push(nodeOf(layer, [input], output));
  }

  #parameter(name: string, value: Tensor, scales: readonly number[]): string {
    this.constants.set(`${name}_q`, value);
    this.constants.set(`${name}_scale`, float32(scales));
    const axis = new Map([['axis', attribute.int(0)]]);
    this.nodes.push(
      nodeOf(
        { name: `${name}_dequantise`, type: 'DequantizeLinear', attributes: axis },
        [`${name}_q`, `${name}_scale`],
        name,
      ),
    );
    return name;
  }

  #add(type: string, name: string, inputs: readonly string[], output: string): void {
    this.nodes.push(nodeOf({ name, type, attributes: new Map() }, inputs, output));
  }
}

/** Scale of each output's weights: row 0 of the shape counts outputs. */
function outputScales({ data, shape }: Tensor<'float32'>): number[] {
  const outputs = shape[0] ?? 1;
  const size = data.length / outputs;
  return Array.from({ length: outputs }, (_, row) => {
    const greatest = data
      .subarray(row * size, (row + 1) * size)
      .reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    return Math.fround(greatest / GREATEST_WEIGHT);
  });
}

/** Half to even, as QuantizeLinear rounds. */
function round(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** The 8-bit sibling of a network whose affine layers are followed by Relu, but for the last. Its logits stay float32. */
export function quantisedModel(
  name: string,
  network: Network,
  weights: Trained,
  calibration: Calibration,
): Model {
  const quantiser = new Quantiser();
  let wire = quantiser.activation(INPUT, 1);
  let float = '';
  for (const [at, layer] of network.entries()) {
    const output = at === network.length - 1 ? LOGITS : `${layer.name}_out`;
    if (layer.parameters.length > 0) {
      quantiser.affine(layer, weights, wire, output);
    } else {
      const calibrated = calibration.get(layer.name);
      quantiser.plain(layer, calibrated === undefined ? wire.name : float, output);
      // MaxPool and Flatten only move values: the scale of their input fits exactly.
      wire = quantiser.activation(output, calibrated ?? wire.scale * GREATEST_ACTIVATION);
    }
    float = output;
  }
  return modelOf(name, quantiser.nodes, quantiser.constants, [rowsOf10(LOGITS)]);
}
