// Changes of an image with a few parameters each: what a policy may say of them, and the numbers that stand in front of the image in the
// input of a perturbed model.

/** How the elements of an input are the pixels of an image; row-major in the order of the axes. */
export type ImageShape = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `HW` has one channel and no axis for it. */
  readonly order: 'CHW' | 'HWC' | 'HW';
};

export type Range = readonly [least: number, greatest: number];

/** Always applied in this order, then clipped to the values that inputs may have; docs/policy.md has the formulas. */
export type Transform = {
  /** Degrees, clockwise, about the middle. */
  readonly rotation?: Range | undefined;
  /** 2 doubles the size. */
  readonly scaling?: Range | undefined;
  /** Pixels to the right, and down. */
  readonly translation?: readonly [Range, Range] | undefined;
  /** What lies outside of the image, for the three above. */
  readonly border: number;
  /** Standard deviation in pixels. */
  readonly blur?: Range | undefined;
  readonly contrast?: Range | undefined;
  readonly brightness?: Range | undefined;
  /** A rectangle of `value` at every place. */
  readonly occlusion?: Occlusion | undefined;
};

export type Occlusion = { readonly size: readonly [height: number, width: number]; readonly value: number };

/** A transform of certain images. */
export type Perturbation = {
  readonly transform: Transform;
  readonly image: ImageShape;
  /** Least and greatest value of each element of the image, float32. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
};

export type ParameterName =
  | 'rotation'
  | 'scaling'
  | 'right'
  | 'down'
  | 'blur'
  | 'contrast'
  | 'brightness'
  | 'row'
  | 'column';

export type Parameter = {
  readonly name: ParameterName;
  readonly range: Range;
  /** Of the image as it is, or the nearest in the range. */
  readonly neutral: number;
  /** Whole numbers only: a place. */
  readonly whole: boolean;
};

/** In the order in which they stand in the input. */
export function parametersOf({ transform, image }: Pick<Perturbation, 'transform' | 'image'>): Parameter[] {
  const { rotation, scaling, translation, blur, contrast, brightness, occlusion } = transform;
  const one = (name: ParameterName, range: Range | undefined, neutral: number, whole = false) =>
    range === undefined
      ? []
      : [{ name, range, neutral: Math.min(Math.max(neutral, range[0]), range[1]), whole }];
  const places = (side: number, length: number | undefined): Range | undefined =>
    length === undefined ? undefined : [0, side - length];
  return [
    ...one('rotation', rotation, 0),
    ...one('scaling', scaling, 1),
    ...one('right', translation?.[0], 0),
    ...one('down', translation?.[1], 0),
    ...one('blur', blur, 0),
    ...one('contrast', contrast, 1),
    ...one('brightness', brightness, 0),
    ...one('row', places(image.height, occlusion?.size[0]), 0, true),
    ...one('column', places(image.width, occlusion?.size[1]), 0, true),
  ];
}

/** float32, like everything that is computed: part of the formula. */
export const radiansPerDegree = Math.fround(Math.PI / 180);
/** A blur is no sharper than this: its weights beyond the pixel itself are below 2^-72. */
export const leastBlur = Math.fround(0.1);

/** Pixels that a blur reaches to each side. */
export const blurReach = ([, greatest]: Range): number => Math.ceil(3 * Math.max(greatest, leastBlur));

/** Elements of one image. */
export const sizeOfImage = ({ channels, height, width }: ImageShape): number => channels * height * width;

export type Place = { readonly channel: number; readonly row: number; readonly column: number };

/** Where each element is. */
export function placeOf({ channels, height, width, order }: ImageShape, element: number): Place {
  if (order === 'HWC') {
    const pixel = Math.floor(element / channels);
    return { channel: element % channels, row: Math.floor(pixel / width), column: pixel % width };
  }
  const inChannel = element % (height * width);
  const channel = Math.floor(element / (height * width));
  return { channel, row: Math.floor(inChannel / width), column: inChannel % width };
}

export function elementAt(
  { channels, height, width, order }: ImageShape,
  { channel, row, column }: Place,
): number {
  const pixel = row * width + column;
  return order === 'HWC' ? pixel * channels + channel : channel * height * width + pixel;
}

/** Of the values that an element may have: what contrast leaves alone. */
export const middleOf = ({ lower, upper }: Perturbation, element: number): number =>
  Math.fround(((lower[element] ?? 0) + (upper[element] ?? 0)) / 2);
