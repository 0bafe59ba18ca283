// Random small networks and rows for the laws of coverage criteria.
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import type { Draw } from '../../helpers/draw.js';
import { typed } from '../../unit/fuzz/networks.js';

export const inputs = 4;

/** Layers of a random network; some neurons are constant. */
export async function network(draw: Draw): Promise<{ model: TypedModel; middles: number[] }> {
  const widths = draw.ints(draw.int(1, 3), 1, 11);
  const kinds = widths.map(() => draw.pick(['Relu', 'Sigmoid', 'Tanh']));
  const constants: Record<string, Tensor> = {};
  const nodes = widths.flatMap((width, at) => {
    const before = widths[at - 1] ?? inputs;
    const weight = draw.tensor([before, width]);
    const dead = draw.int(0, 2 * width);
    for (let row = 0; row < before; row++) if (dead < width) weight.data[row * width + dead] = 0;
    constants[`w${at}`] = weight;
    constants[`b${at}`] = draw.tensor([width]);
    return [
      ['Gemm', [at === 0 ? 'x' : `a${at - 1}`, `w${at}`, `b${at}`], `h${at}`],
      [kinds[at] ?? 'Relu', [`h${at}`], `a${at}`],
    ] as const;
  });
  constants.v = draw.tensor([widths.at(-1) ?? 1, 3]);
  const model = await typed(
    ['batch', inputs],
    [...nodes, ['Gemm', [`a${widths.length - 1}`, 'v'], 'y']],
    constants,
  );
  return { model, middles: kinds.map((kind) => (kind === 'Sigmoid' ? 0.5 : 0)) };
}

/** Rows near each other and far away; now and then one whose activations are not finite. */
export function rowsOf(draw: Draw, count: number, strange: boolean): Tensor<'float32'> {
  const data = Array.from({ length: count }, () => {
    const scale = draw.pick([0.1, 1, 1, 5]);
    const row = Array.from({ length: inputs }, () => scale * (2 * draw.uniform() - 1));
    if (strange && draw.int(0, 7) === 0)
      row[draw.int(0, inputs - 1)] = draw.pick([Number.NaN, Infinity, 3e38]);
    return row;
  });
  return float32(data.flat(), [count, inputs]);
}
