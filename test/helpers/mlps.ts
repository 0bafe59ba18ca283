// Random perceptrons for soundness tests, with their weights at hand for reference computations in float64.
import { float32, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { Draw, Flavour } from './draw.js';
import { modelOf, type NodeShorthand } from './models.js';

export type Dense = {
  /** [inputs, outputs] */
  readonly weight: Tensor<'float32'>;
  readonly bias: Tensor<'float32'> | undefined;
};

export type Mlp = {
  readonly model: Model;
  readonly layers: readonly Dense[];
  readonly widths: readonly number[];
};

function dense(draw: Draw, inputs: number, outputs: number, flavour: Flavour): Dense {
  const scale = flavour === 'normal' ? 1 / Math.sqrt(inputs) : 1;
  const weight = float32(
    draw.tensor([inputs, outputs], flavour).data.map((w) => w * scale),
    [inputs, outputs],
  );
  return { weight, bias: draw.int(0, 3) === 0 ? undefined : draw.tensor([outputs], flavour) };
}

/** Dense layers with Relu between them, written as Gemm or as MatMul and Add; classes last. */
export function mlp(draw: Draw, widths: readonly number[], flavour: Flavour): Mlp {
  const layers = widths.slice(1).map((outputs, at) => dense(draw, widths[at] ?? 1, outputs, flavour));
  return { model: mlpModel(layers, ['batch', widths[0] ?? 1], draw), layers, widths };
}

export function mlpModel(layers: readonly Dense[], shape: readonly (number | string)[], draw?: Draw): Model {
  const nodes: NodeShorthand[] = [];
  const constants: Record<string, Tensor> = {};
  let x = 'x';
  layers.forEach(({ weight, bias }, at) => {
    const [w, b, y] = [`w${at}`, `b${at}`, at === layers.length - 1 ? 'y' : `h${at}`];
    constants[w] = weight;
    if (bias) constants[b] = bias;
    if (draw?.flag() ?? true) nodes.push(['Gemm', bias ? [x, w, b] : [x, w], y]);
    else if (bias === undefined) nodes.push(['MatMul', [x, w], y]);
    else nodes.push(['MatMul', [x, w], `${y}_product`], ['Add', [`${y}_product`, b], y]);
    if (at < layers.length - 1) nodes.push(['Relu', [y], `r${at}`]);
    x = `r${at}`;
  });
  return modelOf(shape, nodes, constants);
}

type Bounds = { readonly lower: readonly number[]; readonly upper: readonly number[] };

/** W z + b over a box, in float64. */
function image({ weight, bias }: Dense, { lower, upper }: Bounds): Bounds {
  const [inputs = 0, outputs = 0] = weight.shape;
  const ends = Array.from({ length: outputs }, (_, output) => {
    let [least, most] = [bias?.data[output] ?? 0, bias?.data[output] ?? 0];
    for (let input = 0; input < inputs; input++) {
      const w = weight.data[input * outputs + output] ?? 0;
      const [low, high] = [lower[input] ?? 0, upper[input] ?? 0];
      least += w * (w > 0 ? low : high);
      most += w * (w > 0 ? high : low);
    }
    return { least, most };
  });
  return { lower: ends.map(({ least }) => least), upper: ends.map(({ most }) => most) };
}

const relu = ({ lower, upper }: Bounds): Bounds => ({
  lower: lower.map((value) => Math.max(value, 0)),
  upper: upper.map((value) => Math.max(value, 0)),
});

/** Row `label` minus each row: a layer whose outputs are the margins. */
function margins({ weight, bias }: Dense, label: number): Dense {
  const [inputs = 0, outputs = 0] = weight.shape;
  const data = Float64Array.from(
    weight.data,
    (w, at) => (weight.data[Math.floor(at / outputs) * outputs + label] ?? 0) - w,
  );
  const differences = bias && Float64Array.from(bias.data, (b) => (bias.data[label] ?? 0) - b);
  // The reference reads elements only, so that float64 data under a float32 label does no harm.
  return {
    weight: { dtype: 'float32', shape: [inputs, outputs], data: data as unknown as Float32Array },
    bias: differences && {
      dtype: 'float32',
      shape: [outputs],
      data: differences as unknown as Float32Array,
    },
  };
}

/**
 * Interval bounds of the margin in float64 with plain loops: the last layer merged with the comparison, and not.
 * No bound that accounts for rounding is greater than the first.
 */
export function referenceMargins(layers: readonly Dense[], box: Bounds, label: number) {
  const hidden = layers.slice(0, -1).reduce((bounds, layer) => relu(image(layer, bounds)), box);
  const last = layers.at(-1);
  if (last === undefined) throw new RangeError('no layers');
  const others = (values: readonly number[]) => values.filter((_, at) => at !== label);
  const { lower, upper } = image(last, hidden);
  return {
    merged: Math.min(...others(image(margins(last, label), hidden).lower)),
    plain: (lower[label] ?? 0) - Math.max(...others(upper)),
    /** What errors are relative to. */
    magnitude: Math.max(...[...hidden.upper, ...lower, ...upper].map(Math.abs)),
  };
}
