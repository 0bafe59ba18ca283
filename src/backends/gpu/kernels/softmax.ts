// Softmax and LogSoftmax: the greatest element of each group, then the sum of exponentials, then the result.
import { normalAxis, type Shape, sizeOf } from '../../../base/shape.js';
import { intAttribute } from '../../../ops/attributes.js';
import type { Draft, Kernel, KernelContext } from '../kernel.js';
import type { Source } from '../plan.js';
import { KernelWriter } from '../writer.js';
import { exp, log } from './functions.js';
import { type Groups, groupsOf, joins, reduced } from './reduction.js';

/** Before opset 13 all axes from the given one on are normalised together. */
function axesOf({ node, opset }: KernelContext, shape: Shape): readonly number[] {
  const axis = normalAxis(intAttribute(node, 'axis', opset < 13 ? 1 : -1), shape.length);
  return opset < 13 ? shape.map((_, at) => at).filter((at) => at >= axis) : [axis];
}

/** Group of every element. */
function ownersOf({ places, count }: Groups): Float32Array {
  const owners = new Float32Array(places.length);
  places.forEach((place, at) => {
    owners[place] = Math.floor(at / count);
  });
  return owners;
}

type Statistics = { readonly owners: Float32Array; readonly greatest: Source; readonly total: Source };

function statisticsOf(context: KernelContext): Statistics {
  const shape = context.shape(0);
  const groups = groupsOf(shape, axesOf(context, shape));
  const owners = ownersOf(groups);
  const count = sizeOf(shape) / groups.count;
  const first = new KernelWriter(count);
  const greatest = context.finish({
    writer: first,
    result: reduced(first, context.operand(first, 0), groups, joins.greatest),
  });
  const writer = new KernelWriter(sizeOf(shape));
  const shares = context.finish({ writer, result: exp(writer, shifted(context, writer, owners, greatest)) });
  const second = new KernelWriter(count);
  const total = context.finish({
    writer: second,
    result: reduced(second, second.read(shares), groups, joins.sum),
  });
  return { owners, greatest, total };
}

/** x less the greatest of its group. @param owners group of every element */
function shifted(
  context: KernelContext,
  writer: KernelWriter,
  owners: Float32Array,
  greatest: Source,
): string {
  const owner = `${writer.table(owners)}[this.thread.y]`;
  return `(${context.operand(writer, 0)('this.thread.y')} - ${writer.read(greatest)(owner)})`;
}

const share = (combine: (writer: KernelWriter, difference: string, total: string) => string): Kernel => ({
  kind: 'whole',
  draft: (context): Draft => {
    const { owners, greatest, total } = statisticsOf(context);
    const writer = new KernelWriter(sizeOf(context.output));
    const difference = shifted(context, writer, owners, greatest);
    const sum = writer.read(total)(`${writer.table(owners)}[this.thread.y]`);
    return { writer, result: combine(writer, difference, sum) };
  },
});

export const softmax = share((writer, difference, total) => `${exp(writer, difference)} / ${total}`);
export const logSoftmax = share((writer, difference, total) => `${difference} - ${log(writer, total)}`);
