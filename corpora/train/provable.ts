// Interval bound propagation in float64 with plain loops, from the ONNX file: shares no code with training or src/ops,
// so that it can judge both. Rounding is ignored: margins are millions of times larger.
import { toNumbers } from '../../src/base/tensor.js';
import type { Graph } from '../../src/graph/graph.js';
import { CLASSES, PIXELS, type Samples } from './data.js';

type Dense = { readonly weight: readonly number[]; readonly bias: readonly number[] };
type Bounds = { readonly lower: readonly number[]; readonly upper: readonly number[] };

/** Share of rows for which no image within linf `epsilon`, clipped to [0, 1], can get another class than the true one. */
export function provableShare(graph: Graph, { images, labels }: Samples, epsilon: number): number {
  const layers = denseLayers(graph);
  const proved = [...labels].filter((label, row) => {
    const pixels = [...images.data.subarray(row * PIXELS, (row + 1) * PIXELS)];
    const lower = pixels.map((pixel) => Math.max(pixel - epsilon, 0));
    const upper = pixels.map((pixel) => Math.min(pixel + epsilon, 1));
    return isProved(layers, { lower, upper }, label);
  });
  return proved.length / labels.length;
}

/** The Gemm layers of an MLP. Throws where the graph holds anything but Flatten, Gemm and Relu. */
function denseLayers({ nodes, constants }: Graph): Dense[] {
  const values = (name = '') => toNumbers(constants.get(name) ?? fail(`no initialiser "${name}"`));
  return nodes.flatMap(({ type, inputs }) => {
    if (type === 'Gemm') return [{ weight: values(inputs[1]), bias: values(inputs[2]) }];
    return type === 'Flatten' || type === 'Relu' ? [] : fail(`${type} is not bounded here`);
  });
}

function isProved(layers: readonly Dense[], box: Bounds, label: number): boolean {
  const hidden = layers.slice(0, -1).reduce((bounds, layer) => relu(boundsOf(layer, bounds)), box);
  const last = layers.at(-1) ?? fail('no Gemm');
  const width = last.weight.length / CLASSES;
  // Rows of the last layer minus the label's row: the label's margin over each class is bounded as one.
  const own = last.weight.slice(label * width, (label + 1) * width);
  const weight = last.weight.map((value, at) => (own[at % width] ?? 0) - value);
  const bias = last.bias.map((value) => (last.bias[label] ?? 0) - value);
  const { lower } = boundsOf({ weight, bias }, hidden);
  return lower.every((margin, rival) => rival === label || margin > 0);
}

function boundsOf({ weight, bias }: Dense, { lower, upper }: Bounds): Bounds {
  const ends = bias.map((start, output) => {
    let [least, greatest] = [start, start];
    for (const [input, low] of lower.entries()) {
      const w = weight[output * lower.length + input] ?? 0;
      const high = upper[input] ?? 0;
      least += w * (w > 0 ? low : high);
      greatest += w * (w > 0 ? high : low);
    }
    return { least, greatest };
  });
  return { lower: ends.map(({ least }) => least), upper: ends.map(({ greatest }) => greatest) };
}

const relu = ({ lower, upper }: Bounds): Bounds => ({
  lower: lower.map((value) => Math.max(value, 0)),
  upper: upper.map((value) => Math.max(value, 0)),
});

const fail = (message: string): never => {
  throw new Error(message);
};
