// Conv and ConvTranspose in any number of dimensions: one thread per row, place and channel of the result.
import type { Shape } from '../../../base/shape.js';
import { sizeOf } from '../../../base/shape.js';
import { toNumbers } from '../../../base/tensor.js';
import { intAttribute, intsAttribute, stringAttribute } from '../../../ops/attributes.js';
import { nodeWindow } from '../../../ops/window.js';
import { type Draft, type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { KernelWriter } from '../writer.js';
import { gathering, type Reach, spatial, spatialSize, spreading, tapsOf } from './taps.js';

/** Weights [channels of the result, channels of the input in its group, taps]. */
type Filters = { readonly data: Float32Array; readonly depth: number; readonly kernel: Shape };

function weightsOf(context: KernelContext): { readonly data: readonly number[]; readonly shape: Shape } {
  const weights = context.constant(1);
  if (weights === undefined || (context.has(2) && context.constant(2) === undefined))
    throw new NoKernel('a convolution with computed weights');
  return { data: toNumbers(weights), shape: weights.shape };
}

function convDraft(context: KernelContext): Draft {
  const { data, shape } = weightsOf(context);
  const kernel = spatial(shape);
  const filters = { data: Float32Array.from(data), depth: shape[1] ?? 1, kernel };
  return convolved(context, filters, gathering(nodeWindow(context.node, context.shape(0), kernel)));
}

/** Weights come as [channels of the input, channels of the result in its group, taps]. */
function convTransposeDraft(context: KernelContext): Draft {
  const { node } = context;
  if (stringAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET' || intsAttribute(node, 'output_shape'))
    throw new NoKernel('a transposed convolution with automatic padding');
  const { data, shape } = weightsOf(context);
  const [inputs = 1, perGroup = 1, ...kernel] = shape;
  const groups = intAttribute(node, 'group', 1);
  const [depth, taps] = [inputs / groups, sizeOf(kernel)];
  const turned = new Float32Array(data.length);
  for (let channel = 0; channel < groups * perGroup; channel++)
    for (let c = 0; c < depth; c++)
      for (let tap = 0; tap < taps; tap++) {
        const input = Math.floor(channel / perGroup) * depth + c;
        turned[(channel * depth + c) * taps + tap] =
          data[(input * perGroup + (channel % perGroup)) * taps + tap] ?? 0;
      }
  const window = nodeWindow(node, context.shape(0), kernel);
  return convolved(context, { data: turned, depth, kernel }, spreading(window));
}

/** Taps outside the input are left out; the order of the sum is taps, then channels. */
function convolved(context: KernelContext, { data, depth, kernel }: Filters, reach: Reach): Draft {
  const { node, output } = context;
  const input = context.shape(0);
  if ((output[0] ?? 1) !== 1 || (input[0] ?? 1) !== 1) throw new NoKernel('several images to a row');
  const [taps, places, channels] = [sizeOf(kernel), spatialSize(output), output[1] ?? 1];
  const perGroup = channels / intAttribute(node, 'group', 1);
  const writer = new KernelWriter(places, channels);
  const x = context.operand(writer, 0);
  const weights = writer.table(data, depth * taps);
  const table = writer.table(tapsOf(spatial(input), spatial(output), kernel, reach), taps);
  const bias = context.has(2) ? `${context.operand(writer, 2)('this.thread.z')}` : '0';
  // Half a place keeps the quotient clear of the integers, where a device may divide inexactly.
  const group = perGroup === channels ? '0' : `Math.floor((this.thread.z + 0.5) / ${perGroup})`;
  const first = writer.variable(`${group} * ${depth * spatialSize(input)}`);
  const sum = writer.variable(`${bias}`);
  writer.line(`for (let k = 0; k < ${taps}; k++) {
const place = ${table}[this.thread.y][k];
if (place >= 0) {
for (let c = 0; c < ${depth}; c++) {
${sum} += ${weights}[this.thread.z][c * ${taps} + k] * ${x(`${first} + c * ${spatialSize(input)} + place`)};
}
}
}`);
  return { writer, result: sum };
}

export const conv: Kernel = { kind: 'whole', draft: convDraft };
export const convTranspose: Kernel = { kind: 'whole', draft: convTransposeDraft };
