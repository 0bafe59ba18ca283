// Reductions: one thread per row and element of the result, over a table of the elements that belong to it.
import { normalAxis, type Shape, sizeOf } from '../../../base/shape.js';
import { toNumbers } from '../../../base/tensor.js';
import { intAttribute, intsAttribute } from '../../../ops/attributes.js';
import { type Draft, type Kernel, type KernelContext, NoKernel } from '../kernel.js';
import { flatten, placesOf } from '../places.js';
import { KernelWriter } from '../writer.js';

/** How elements are joined to what is already there; `first` is the element at the beginning. */
export type Join = {
  readonly start: (element: string) => string;
  readonly join: (total: string, element: string) => string;
  readonly end?: (total: string, count: number) => string;
};

const sumOf = (term: (element: string) => string, end?: Join['end']): Join => ({
  start: () => '0',
  join: (total, element) => `${total} += ${term(element)};`,
  ...(end && { end }),
});
const extremeOf = (sign: '<' | '>'): Join => ({
  start: (element) => element,
  join: (total, element) => `if (${element} ${sign} ${total}) { ${total} = ${element}; }`,
});

export const joins = {
  sum: sumOf((element) => element),
  greatest: extremeOf('>'),
} satisfies Record<string, Join>;

/** Elements of a value in groups: [groups, count] positions. */
export type Groups = { readonly places: Float32Array; readonly count: number };

/** Groups along some axes, one per element of what stays. */
export function groupsOf(shape: Shape, axes: readonly number[]): Groups {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const flat = flatten(shape);
  const index = shape.map(() => 0);
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const places = placesOf(sizes, (turned) => {
    order.forEach((axis, at) => {
      index[axis] = turned[at] ?? 0;
    });
    return flat(index);
  });
  return { places, count: sizeOf(axes.map((axis) => shape[axis] ?? 1)) };
}

/** A loop over each group of a value. @param read reads an element of the value */
export function reduced(
  writer: KernelWriter,
  read: (element: string) => string,
  { places, count }: Groups,
  { start, join, end }: Join,
): string {
  const table = writer.table(places, count);
  const total = writer.variable(start(read(`${table}[this.thread.y][0]`)));
  writer.line(`for (let k = 0; k < ${count}; k++) {
const element = ${read(`${table}[this.thread.y][k]`)};
${join(total, 'element')}
}`);
  return end === undefined ? total : writer.variable(end(total, count));
}

/** Axes are attributes before opset 18 (ReduceSum: 13), a constant input since; none means all, or none at all. */
function axesOf(context: KernelContext, since: number): readonly number[] {
  const rank = context.shape(0).length;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  if (context.opset >= since && context.has(1) && context.constant(1) === undefined)
    throw new NoKernel('computed axes');
  const input = context.opset >= since && context.has(1) ? context.constant(1) : undefined;
  const given = input === undefined ? intsAttribute(context.node, 'axes') : toNumbers(input);
  if (given !== undefined && given.length > 0) return given.map((axis) => normalAxis(axis, rank));
  return intAttribute(context.node, 'noop_with_empty_axes', 0) === 0 ? all : [];
}

const reduction = (join: Join, since = 18): Kernel => ({
  kind: 'whole',
  draft: (context): Draft => {
    const writer = new KernelWriter(sizeOf(context.output));
    const groups = groupsOf(context.shape(0), axesOf(context, since));
    return { writer, result: reduced(writer, context.operand(writer, 0), groups, join) };
  },
});

export const reduceSum = reduction(joins.sum, 13);
export const reduceMean = reduction(
  sumOf(
    (element) => element,
    (total, count) => `${total} / ${count}`,
  ),
);
export const reduceMax = reduction(joins.greatest);
export const reduceMin = reduction(extremeOf('<'));
export const reduceSumSquare = reduction(sumOf((element) => `${element} * ${element}`));
export const reduceL1 = reduction(sumOf((element) => `Math.abs(${element})`));
export const reduceL2 = reduction(
  sumOf(
    (element) => `${element} * ${element}`,
    (total) => `Math.sqrt(${total})`,
  ),
);
