// The network with planted faults: Gemm and Relu only, 160-62-5-5. It answers class 0 everywhere but in the faults, where fault n
// makes it answer class n. Nothing outside of a fault's region has a derivative that points to it; what leads there is that
// groups light up neurons on the way, which coverage sees and the answer does not use.
import { createRng } from '../../../../src/base/rng.js';
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import type { Model, Node } from '../../../../src/graph/graph.js';
import { encodeModel } from '../../../../src/onnx/encode.js';
import { attribute } from '../../../../src/program/primitive.js';
import { type Condition, faults, GROUP_SIZE, INPUTS, SOFTNESS, THRESHOLD } from './faults.js';

export const PLANTED_INPUT = 'x';
/** Neurons that react to anything: coverage has more to chase than the way to the faults. */
const DISTRACTIONS = 32;
/** Class 0's score, from which distractions take at most 1. */
const SCORE = 3;
/** Of a fault's class where all of its detectors are on. */
const ALARM = 100;

/** One neuron of a layer: relu(weights . x + bias). */
type Neuron = { readonly weights: readonly number[]; readonly bias: number };

const conditions = faults.flat();

/** Per condition a neuron that grows with it from the middle on, and two whose difference is its detector, 0 to 1. */
function neuronsOf({ group, wants }: Condition): Neuron[] {
  const sign = wants === 'bright' ? 1 : -1;
  const along = (slope: number, bias: number): Neuron => ({
    weights: Array.from({ length: INPUTS }, (_, at) =>
      Math.floor(at / GROUP_SIZE) === group ? (sign * slope) / GROUP_SIZE : 0,
    ),
    bias,
  });
  // Excess = sign * mean - offset.
  const offset = wants === 'bright' ? THRESHOLD : THRESHOLD - 1;
  const steep = 1 / SOFTNESS;
  return [along(1, -sign * 0.5), along(steep, -steep * offset), along(steep, -steep * offset - 1)];
}

function distractions(): Neuron[] {
  const rng = createRng(1, 'planted');
  return Array.from({ length: DISTRACTIONS }, () => {
    const weights = Array.from({ length: INPUTS }, () => rng.normal() / Math.sqrt(INPUTS));
    return { weights, bias: -0.5 * weights.reduce((sum, weight) => sum + weight, 0) };
  });
}

/** Fault by fault, then class 0's score. */
function decisions(first: readonly Neuron[]): Neuron[] {
  const detected = faults.map((fault): Neuron => {
    const weights = new Array<number>(first.length).fill(0);
    for (const condition of fault) {
      const at = 3 * conditions.indexOf(condition);
      weights[at + 1] = 1;
      weights[at + 2] = -1;
    }
    return { weights, bias: 1 - fault.length };
  });
  const noise = first.slice(3 * conditions.length);
  // Each distraction is at most its greatest value over the box, so that together they take at most 1.
  const most = noise.map(({ weights, bias }) => weights.reduce((sum, w) => sum + Math.max(w, 0), bias));
  const weights = first.map((_, at) => {
    const greatest = most[at - 3 * conditions.length];
    return greatest === undefined ? 0 : -1 / (DISTRACTIONS * greatest);
  });
  return [...detected, { weights, bias: SCORE }];
}

/** Class 0's score, then each fault's alarm. */
const answers = (): Neuron[] =>
  [faults.length, ...faults.keys()].map((from, to) => ({
    weights: Array.from({ length: faults.length + 1 }, (_, at) => (at === from ? (to === 0 ? 1 : ALARM) : 0)),
    bias: 0,
  }));

export function plantedModel(): Uint8Array {
  const first = [...conditions.flatMap(neuronsOf), ...distractions()];
  const layers = [first, decisions(first), answers()];
  const constants = new Map<string, Tensor>();
  const nodes = layers.flatMap((layer, at) => {
    constants.set(
      `w${at}`,
      float32(
        layer.flatMap(({ weights }) => weights),
        [layer.length, layer[0]?.weights.length ?? 0],
      ),
    );
    constants.set(`b${at}`, float32(layer.map(({ bias }) => bias)));
    const last = at === layers.length - 1;
    const from = at === 0 ? PLANTED_INPUT : `relu${at - 1}_out`;
    const affine = node(`fc${at}`, 'Gemm', [from, `w${at}`, `b${at}`], last ? 'logits' : `fc${at}_out`);
    return last ? [affine] : [affine, node(`relu${at}`, 'Relu', [`fc${at}_out`], `relu${at}_out`)];
  });
  return encodeModel(modelOf(nodes, constants));
}

const node = (name: string, type: string, inputs: readonly string[], output: string): Node => ({
  name,
  type,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(type === 'Gemm' ? [['transB', attribute.int(1)]] : []),
});

const modelOf = (nodes: readonly Node[], constants: ReadonlyMap<string, Tensor>): Model => ({
  graph: {
    name: 'planted',
    inputs: [{ name: PLANTED_INPUT, dtype: 'float32', shape: ['batch', INPUTS] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', faults.length + 1] }],
    constants,
    nodes,
  },
  irVersion: 8,
  opsets: new Map([['', 17]]),
  producer: 'marauder',
  functions: [],
});
