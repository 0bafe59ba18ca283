// Pooling over windows and over all places: one thread per row, place and channel.
import type { Shape } from '../../../base/shape.js';
import { sizeOf } from '../../../base/shape.js';
import { intAttribute, intsAttribute } from '../../../ops/attributes.js';
import { nodeWindow } from '../../../ops/window.js';
import { type Draft, type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { KernelWriter } from '../writer.js';
import { countsOf, gathering, spatial, spatialSize, tapsOf } from './taps.js';

type Pool = 'average' | 'max';

/** What a window reads, and by how many elements an average divides at each place. */
type Windows = { readonly taps: Float32Array; readonly perPlace: number; readonly counts: Float32Array };

function windowsOf(context: KernelContext): Windows {
  const { node, output } = context;
  const kernel: Shape | undefined = intsAttribute(node, 'kernel_shape');
  if (kernel === undefined) throw new NoKernel('pooling without a kernel shape');
  const input = context.shape(0);
  const window = nodeWindow(node, input, kernel);
  const taps = tapsOf(spatial(input), spatial(output), kernel, gathering(window));
  const perPlace = sizeOf(kernel);
  if (intAttribute(node, 'count_include_pad', 0) === 0)
    return { taps, perPlace, counts: countsOf(taps, perPlace) };
  // Padding counts, but not what a last window, rounded up, reads beyond it.
  const { pads } = window;
  const rank = kernel.length;
  const padded = spatial(input).map((size, axis) => size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
  const within = tapsOf(padded, spatial(output), kernel, gathering({ ...window, pads: pads.map(() => 0) }));
  return { taps, perPlace, counts: countsOf(within, perPlace) };
}

function windowsOfAll(context: KernelContext): Windows {
  const size = spatialSize(context.shape(0));
  return {
    taps: Float32Array.from({ length: size }, (_, at) => at),
    perPlace: size,
    counts: Float32Array.of(size),
  };
}

function pooled(context: KernelContext, kind: Pool, { taps, perPlace, counts }: Windows): Draft {
  const { output } = context;
  const size = spatialSize(context.shape(0));
  const writer = new KernelWriter(spatialSize(output), (output[0] ?? 1) * (output[1] ?? 1));
  const x = context.operand(writer, 0);
  const table = writer.table(taps, perPlace);
  const element = x(`this.thread.z * ${size} + place`);
  const total = writer.variable('0');
  const seen = writer.variable('0');
  const join =
    kind === 'average'
      ? `${total} += ${element};`
      : `const element = ${element};
if (${seen} < 0.5 || element > ${total}) { ${total} = element; }
${seen} = 1;`;
  writer.line(`for (let k = 0; k < ${perPlace}; k++) {
const place = ${table}[this.thread.y][k];
if (place >= 0) {
${join}
}
}`);
  const result = kind === 'max' ? total : `(${total} / ${writer.table(counts)}[this.thread.y])`;
  return { writer, result };
}

const pool = (kind: Pool, windows: (context: KernelContext) => Windows): Kernel => ({
  kind: 'whole',
  draft: (context) => {
    if (context.index > 0) throw new NoKernel('indices of the greatest elements');
    return pooled(context, kind, windows(context));
  },
});

export const averagePool = pool('average', windowsOf);
export const maxPool = pool('max', windowsOf);
export const globalAveragePool = pool('average', windowsOfAll);
export const globalMaxPool = pool('max', windowsOfAll);
