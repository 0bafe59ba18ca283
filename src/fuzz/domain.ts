// What one input is, beyond its shape: an image or a table, and which of its elements are whole numbers.
import { greatestFinite } from '../base/dtype.js';
import { type Shape, sameShape, sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import { hullOf, type InputSet } from '../policy/input-set.js';

export type ImageLayout = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Order of the axes of one input; `HW` has one channel and no axis for it. */
  readonly order: 'CHW' | 'HWC' | 'HW';
};

export type Domain = {
  /** Of one input, without the batch. */
  readonly shape: Shape;
  /** Elements of one input. */
  readonly size: number;
  /** Undefined where the input is no image. */
  readonly image: ImageLayout | undefined;
  /** Per element 1 where only whole numbers are valid; undefined where that is so nowhere. */
  readonly integer: Uint8Array | undefined;
  /** Smallest box around all instances, per element. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  /** Of the widest box of any instance, per element; finite. */
  readonly width: Float32Array;
};

/** What the user says of the inputs; the rest is inferred. */
export type DomainOptions = {
  /** The layout, also of a flat vector, row-major in its order (`CHW` unless given); or that the input is no image. */
  readonly image?: (Omit<ImageLayout, 'order'> & { readonly order?: ImageLayout['order'] }) | 'none';
  /** Elements that are whole numbers, by their position in one flat input; none of them is inferred then. */
  readonly integer?: readonly number[];
};

/**
 * An image is [C, H, W] or [H, W, C] with 1, 3 or 4 channels, or [H, W], with at least 4 rows and columns; where both of the
 * first fit it is [C, H, W]. A flat vector is one only by option. Integer elements: see `integerElements`.
 * @param rows [rows, ...shape] to infer from; the seeds unless given
 * @throws UserError where an option does not fit the inputs
 */
export function domainOf(
  set: InputSet,
  rows: Tensor<'float32'> = set.seeds,
  options: DomainOptions = {},
): Domain {
  const { shape, size } = set;
  const image = options.image === undefined ? inferredImage(shape) : givenImage(options.image, shape);
  const { lower, upper } = hullOf(set);
  const integer = givenOrInferred(set, rows, image, options.integer);
  return { shape, size, image, integer, lower: lower.data, upper: upper.data, width: widest(set) };
}

function widest({ lower, upper, size }: InputSet): Float32Array {
  const width = new Float32Array(size);
  for (let at = 0; at < lower.data.length; at++) {
    const own = Math.min((upper.data[at] as number) - (lower.data[at] as number), greatestFinite.float32);
    if (own > (width[at % size] as number)) width[at % size] = own;
  }
  return width;
}

const channelCounts = new Set([1, 3, 4]);
/** Fewer are more likely features than pixels. */
const leastSide = 4;

function inferredImage(shape: Shape): ImageLayout | undefined {
  const layouts = (['CHW', 'HWC', 'HW'] as const).flatMap((order) => layoutOf(shape, order) ?? []);
  return layouts.find(
    ({ channels, height, width }) => channelCounts.has(channels) && Math.min(height, width) >= leastSide,
  );
}

function layoutOf(shape: Shape, order: ImageLayout['order']): ImageLayout | undefined {
  if (shape.length !== order.length) return undefined;
  const sizeAt = (axis: string) => shape[order.indexOf(axis)] ?? 1;
  return { channels: sizeAt('C'), height: sizeAt('H'), width: sizeAt('W'), order };
}

/** Sizes of the axes of an image, in its order. */
export function imageShape({ channels, height, width, order }: ImageLayout): number[] {
  const sizes: Readonly<Record<string, number>> = { C: channels, H: height, W: width };
  return [...order].map((axis) => sizes[axis] ?? 1);
}

function givenImage(given: NonNullable<DomainOptions['image']>, shape: Shape): ImageLayout | undefined {
  if (given === 'none') return undefined;
  const layout = { ...given, order: given.order ?? inferredImage(shape)?.order ?? 'CHW' };
  const wanted = imageShape(layout);
  const fits = sameShape(shape, wanted) || (shape.length === 1 && shape[0] === sizeOf(wanted));
  if (!fits || (layout.order === 'HW' && layout.channels !== 1))
    throw new UserError('USAGE', {
      where: 'image layout',
      problem: `inputs of shape [${shape}] are no images of ${layout.height} x ${layout.width} with ${layout.channels} channels (${layout.order})`,
      hint: 'give the height, width and channels of one input, and its order',
    });
  return layout;
}

function givenOrInferred(
  set: InputSet,
  rows: Tensor<'float32'>,
  image: ImageLayout | undefined,
  given: readonly number[] | undefined,
): Uint8Array | undefined {
  if (given === undefined) return image === undefined ? marked(integerElements(set, rows), set) : undefined;
  for (const element of given) requireWhole(set, element);
  return marked(given, set);
}

function marked(elements: readonly number[], { size }: InputSet): Uint8Array | undefined {
  if (elements.length === 0) return undefined;
  const marks = new Uint8Array(size);
  for (const element of elements) marks[element] = 1;
  return marks;
}

/**
 * Elements that are whole numbers in all rows and in all seeds, with at least two distinct values. Where some instance's box
 * holds fewer than two whole numbers the property asks for the fractions between them, and the element is left as it is.
 */
function integerElements(set: InputSet, rows: Tensor<'float32'>): number[] {
  return Array.from({ length: set.size }, (_, element) => element).filter((element) => {
    const values = columnOf(rows.data, element, set.size);
    return (
      new Set(values).size >= 2 &&
      values.every(Number.isInteger) &&
      columnOf(set.seeds.data, element, set.size).every(Number.isInteger) &&
      columnOf(set.lower.data, element, set.size).every(
        (least, row) =>
          Math.floor(set.upper.data[row * set.size + element] as number) - Math.ceil(least) >= 1,
      )
    );
  });
}

const columnOf = (data: Float32Array, element: number, size: number): number[] =>
  Array.from({ length: data.length / size }, (_, row) => data[row * size + element] as number);

function requireWhole({ size, seeds }: InputSet, element: number): void {
  const refused = (problem: string) =>
    new UserError('USAGE', {
      where: 'integer elements',
      problem,
      hint: `give positions from 0 to ${size - 1} whose values are whole numbers in all seeds`,
    });
  if (!(Number.isInteger(element) && element >= 0 && element < size))
    throw refused(`there is no element ${element} in inputs of ${size}`);
  const fraction = columnOf(seeds.data, element, size).find((value) => !Number.isInteger(value));
  if (fraction !== undefined)
    throw refused(`element ${element} is to be a whole number, but is ${fraction} in a seed`);
}
