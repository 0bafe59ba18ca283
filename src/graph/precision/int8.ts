// A float32 model as integer hardware runs it: static post-training quantisation to 8 bits, written as pairs of QuantizeLinear
// and DequantizeLinear (Jacob et al., arXiv 1712.05877; Wu et al., arXiv 2004.09602). Biases and everything else stay float32.
import { float32, type Tensor, tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import { allNames, freshName } from '../fresh-names.js';
import type { Attribute, Model, Node } from '../graph.js';
import { valuesRead } from '../rename.js';
import type { TypedModel } from '../typed-model.js';

/** Least and greatest value seen. */
export type Range = readonly [least: number, greatest: number];

const greatestActivation = 255;
/**
 * Half the range of int8: processors without VNNI add two products of uint8 and int8 in 16 bits and saturate beyond it, so that
 * full-range weights would classify differently from machine to machine.
 */
export const greatestWeight = 64;
/** The first operator set with QuantizeLinear, and the first with a scale for each channel. */
const [firstOpset, firstPerChannel] = [10, 13];

/** Positions of the inputs of one node: what is calibrated, and what is known beforehand. */
type Affine = { readonly node: Node; readonly data: number; readonly weight: number };

/** Values that need a range: the data inputs of MatMul, Gemm and Conv whose weights are constant. Each once, in order. */
export const calibrated = (model: TypedModel): string[] => [
  ...new Set(affineNodes(model).map(({ node, data }) => node.inputs[data] ?? '')),
];

/**
 * The model with data and weights of its affine nodes on grids of 8 bits: uint8 with one scale and zero point for data, int8
 * around zero for weights, with one scale for each output channel of Conv (from opset 13 on). Values keep their names.
 * @param model as its file has it, typed
 * @param ranges of `calibrated`; all finite
 * @throws UserError UNSUPPORTED_MODEL where there is nothing to quantise, or the opset has no such operators
 */
export function toInt8(model: TypedModel, ranges: ReadonlyMap<string, Range>, file: string): Model {
  const { graph, irVersion, opsets, producer, functions } = model;
  requireQuantisable(model, file);
  const affine = new Map(affineNodes(model).map((found) => [found.node, found]));
  const quantiser = new Quantiser(model);
  const nodes = graph.nodes.flatMap((node) => {
    const found = affine.get(node);
    return found === undefined ? [node] : quantiser.affine(found, ranges);
  });
  const read = new Set([...nodes.flatMap(valuesRead), ...graph.outputs.map(({ name }) => name)]);
  const constants = [...graph.constants, ...quantiser.constants].filter(([name]) => read.has(name));
  return {
    irVersion,
    opsets,
    producer,
    functions,
    graph: { ...graph, constants: new Map(constants), nodes },
  };
}

/** The grid of a range, which always has zero on it, so that padding stays exact. */
export function gridOf([least, greatest]: Range): { readonly scale: number; readonly zero: number } {
  const [low, high] = [Math.min(least, 0), Math.max(greatest, 0)];
  const scale = Math.fround((high - low) / greatestActivation);
  // A range without width has nothing but zeros, and one that is too narrow for float32 as good as that.
  return scale > 0
    ? { scale, zero: Math.min(greatestActivation, Math.round(-low / scale)) }
    : { scale: 1, zero: 0 };
}

function affineNodes(model: TypedModel): Affine[] {
  const makers = new Map(model.graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node.type])));
  const isData = (name: string) =>
    model.types.get(name)?.dtype === 'float32' && constantOf(model, name) === undefined;
  // Weights that are on a grid already stay there.
  const isWeight = (name: string) => {
    const value = constantOf(model, name);
    return (
      value?.dtype === 'float32' &&
      makers.get(name) !== 'DequantizeLinear' &&
      value.data.every(isFiniteNumber)
    );
  };
  return model.graph.nodes.flatMap((node) => {
    if (node.domain !== '') return [];
    const found = (orders[node.type] ?? []).find(
      ([data, weight]) => isData(node.inputs[data] ?? '') && isWeight(node.inputs[weight] ?? ''),
    );
    return found === undefined ? [] : [{ node, data: found[0], weight: found[1] }];
  });
}

/** Where data and weight may stand. */
const orders: Readonly<Record<string, readonly (readonly [data: number, weight: number])[]>> = {
  Conv: [[0, 1]],
  Gemm: [
    [0, 1],
    [1, 0],
  ],
  MatMul: [
    [0, 1],
    [1, 0],
  ],
};

const isFiniteNumber = (value: unknown): boolean => Number.isFinite(value);

const constantOf = ({ graph, folded }: TypedModel, name: string): Tensor | undefined =>
  graph.constants.get(name) ?? folded.get(name);

class Quantiser {
  readonly constants = new Map<string, Tensor>();
  readonly #taken: Set<string>;
  readonly #done = new Map<string, string>();

  constructor(readonly model: TypedModel) {
    this.#taken = allNames(model.graph);
  }

  /** The node on quantised inputs, behind what quantises them, unless an earlier node needed the same. */
  affine({ node, data, weight }: Affine, ranges: ReadonlyMap<string, Range>): Node[] {
    const [from, by] = [node.inputs[data] ?? '', node.inputs[weight] ?? ''];
    const range = ranges.get(from);
    if (range === undefined || !range.every(Number.isFinite)) throw new RangeError(`no range of "${from}"`);
    const perChannel = node.type === 'Conv' && (this.model.opsets.get('') ?? 1) >= firstPerChannel;
    const before: Node[] = [];
    const once = (key: string, make: () => readonly [name: string, nodes: Node[]]): string => {
      const earlier = this.#done.get(key);
      if (earlier !== undefined) return earlier;
      const [name, nodes] = make();
      before.push(...nodes);
      this.#done.set(key, name);
      return name;
    };
    const inputs = new Map([
      [data, once(`data ${from}`, () => this.#data(from, range))],
      [weight, once(`${perChannel} ${by}`, () => this.#weight(by, perChannel))],
    ]);
    return [...before, { ...node, inputs: node.inputs.map((name, at) => inputs.get(at) ?? name) }];
  }

  #data(name: string, range: Range): [string, Node[]] {
    const { scale, zero } = gridOf(range);
    const grid = [
      this.#constant(`${name}_scale`, float32([scale], [])),
      this.#constant(`${name}_zero`, tensor('uint8', [], Uint8Array.of(zero))),
    ];
    const [steps, back] = [this.#name(`${name}_uint8`), this.#name(`${name}_dequantised`)];
    return [
      back,
      [
        this.#node('QuantizeLinear', `${name}_quantise`, [name, ...grid], steps),
        this.#node('DequantizeLinear', `${name}_dequantise`, [steps, ...grid], back),
      ],
    ];
  }

  #weight(name: string, perChannel: boolean): [string, Node[]] {
    const value = constantOf(this.model, name) as Tensor<'float32'>;
    const groups = perChannel ? (value.shape[0] ?? 1) : 1;
    const scales = scalesOf(value, groups);
    const size = value.data.length / groups;
    const rounded = Int8Array.from(value.data, (w, at) =>
      roundHalfToEven(w / (scales[Math.floor(at / size)] ?? 1)),
    );
    const inputs = [
      this.#constant(`${name}_int8`, tensor('int8', value.shape, rounded)),
      this.#constant(`${name}_scale`, perChannel ? float32(scales) : float32(scales, [])),
    ];
    const back = this.#name(`${name}_dequantised`);
    const axis: [string, Attribute][] = perChannel ? [['axis', { kind: 'int', value: 0 }]] : [];
    return [back, [this.#node('DequantizeLinear', `${name}_dequantise`, inputs, back, axis)]];
  }

  #name = (wish: string): string => freshName(wish, this.#taken);

  #constant(wish: string, value: Tensor): string {
    const name = this.#name(wish);
    this.constants.set(name, value);
    return name;
  }

  #node(
    type: string,
    wish: string,
    inputs: string[],
    output: string,
    attributes: [string, Attribute][] = [],
  ): Node {
    return {
      name: this.#name(wish),
      type,
      domain: '',
      inputs,
      outputs: [output],
      attributes: new Map(attributes),
    };
  }
}

/** Of each group of the leading axis: the greatest weight is `greatestWeight` steps. */
function scalesOf({ data }: Tensor<'float32'>, groups: number): number[] {
  const size = data.length / groups;
  return Array.from({ length: groups }, (_, group) => {
    const part = data.subarray(group * size, (group + 1) * size);
    const scale = Math.fround(part.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / greatestWeight);
    return scale > 0 ? scale : 1;
  });
}

/** As QuantizeLinear rounds. */
function roundHalfToEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

function requireQuantisable(model: TypedModel, where: string): void {
  const opset = model.opsets.get('') ?? 1;
  const hint = 'quantise it yourself and compare the two files: --objective agreement:OTHER.onnx';
  if (opset < firstOpset)
    throw new UserError('UNSUPPORTED_MODEL', {
      where,
      problem: `its opset ${opset} has no QuantizeLinear, which there is from ${firstOpset} on`,
      hint,
    });
  if (affineNodes(model).length === 0)
    throw new UserError('UNSUPPORTED_MODEL', {
      where,
      problem: 'it has no MatMul, Gemm or Conv with float32 weights, so there is nothing to quantise',
      hint,
    });
}
