// A box as the middle and half widths of the inputs that vary, and the points that tell an affine function on it.

/** A box as its middle and half widths of the inputs that vary. */
export type Cube = {
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  readonly middle: Float32Array<ArrayBuffer>;
  readonly varying: readonly number[];
  /** [varying] */
  readonly half: Float64Array<ArrayBuffer>;
};

export function cubeOf({ lower, upper }: Pick<Cube, 'lower' | 'upper'>): Cube {
  const varying = Array.from(lower.keys()).filter((at) => (lower[at] ?? 0) < (upper[at] ?? 0));
  const middle = lower.map((low, at) => low / 2 + (upper[at] ?? 0) / 2);
  return {
    lower,
    upper,
    middle,
    varying,
    half: Float64Array.from(varying, (at) => (upper[at] ?? 0) / 2 - (lower[at] ?? 0) / 2),
  };
}

/** The point for t in [-1, 1]. */
export function pointOf({ lower, upper, middle, varying, half }: Cube, t: ArrayLike<number>) {
  const point = middle.slice();
  varying.forEach((input, j) => {
    const value = (middle[input] ?? 0) + (half[j] ?? 0) * (t[j] ?? 0);
    point[input] = Math.min(Math.max(value, lower[input] ?? value), upper[input] ?? value);
  });
  return point;
}

/** Steps from the middle, in half widths: an affine function may be asked far from the box, where steps are not rounded away. */
const reach = 1024;

/** The middle, and one step from it for each input that varies; what turns a step's difference into that of half a width. */
export function stepsOf({ middle, varying, half }: Cube) {
  const size = middle.length;
  const points = new Float32Array((varying.length + 1) * size);
  for (let row = 0; row <= varying.length; row++) points.set(middle, row * size);
  const steps = Float64Array.from(varying, (input, j) => {
    const place = (j + 1) * size + input;
    points[place] = (middle[input] ?? 0) + reach * (half[j] ?? 0);
    // As it was rounded.
    return (half[j] ?? 0) / ((points[place] ?? 0) - (middle[input] ?? 0));
  });
  return { points, steps };
}
