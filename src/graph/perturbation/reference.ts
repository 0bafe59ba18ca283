// What a transform makes of an image, in plain float64 arithmetic, rounded to float32 at the end: the image that replay feeds the model.
import {
  blurReach,
  elementAt,
  type ImageShape,
  leastBlur,
  middleOf,
  type ParameterName,
  type Perturbation,
  parametersOf,
  placeOf,
  radiansPerDegree,
} from './transform.js';

/** Parameters by name. */
export type Values = Readonly<Partial<Record<ParameterName, number>>>;

/** The parameters at the front of an input of the perturbed model. */
export const valuesOf = (perturbation: Perturbation, input: ArrayLike<number>): Values =>
  Object.fromEntries(parametersOf(perturbation).map(({ name }, at) => [name, input[at] ?? 0]));

/** @param source the image as it was, [elements] */
export function transformed(
  perturbation: Perturbation,
  values: Values,
  source: Float32Array,
): Float32Array<ArrayBuffer> {
  const steps = [moved, blurred, contrasted, brightened, occluded];
  const image = steps.reduce<Float64Array>(
    (now, step) => step(perturbation, values, now),
    Float64Array.from(source),
  );
  const { lower, upper } = perturbation;
  return Float32Array.from(image, (value, at) =>
    Math.min(Math.max(value, lower[at] ?? value), upper[at] ?? value),
  );
}

type Step = (perturbation: Perturbation, values: Values, image: Float64Array) => Float64Array;

/** Every pixel is looked up where it comes from, between four neighbours. */
const moved: Step = ({ image: shape, transform }, { rotation, scaling, right, down }, image) => {
  if (rotation === undefined && scaling === undefined && right === undefined) return image;
  const { height, width } = shape;
  const angle = (rotation ?? 0) * radiansPerDegree;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  return image.map((_, element) => {
    const { channel, row, column } = placeOf(shape, element);
    const [x, y] = [column - middleColumn - (right ?? 0), row - middleRow - (down ?? 0)];
    const u = (x * cos + y * sin) / (scaling ?? 1) + middleColumn;
    const v = (y * cos - x * sin) / (scaling ?? 1) + middleRow;
    const at = (r: number, c: number) => pixelAt(shape, image, channel, r, c, transform.border);
    return between(at, v, u);
  });
};

function pixelAt(
  shape: ImageShape,
  image: Float64Array,
  channel: number,
  row: number,
  column: number,
  border: number,
): number {
  if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) return border;
  return image[elementAt(shape, { channel, row, column })] ?? Number.NaN;
}

/** Bilinear. */
function between(at: (row: number, column: number) => number, v: number, u: number): number {
  const [row, column] = [Math.floor(v), Math.floor(u)];
  const [below, beside] = [v - row, u - column];
  return (
    (1 - below) * ((1 - beside) * at(row, column) + beside * at(row, column + 1)) +
    below * ((1 - beside) * at(row + 1, column) + beside * at(row + 1, column + 1))
  );
}

const blurred: Step = ({ image: shape, transform }, { blur }, image) => {
  if (blur === undefined || transform.blur === undefined) return image;
  const reach = blurReach(transform.blur);
  const steps = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach);
  const offsets = steps.flatMap((r) => steps.map((c) => [r, c] as const));
  const deviation = Math.max(blur, leastBlur);
  const weights = offsets.map(([r, c]) => Math.exp(-(r * r + c * c) / (2 * deviation * deviation)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return image.map((_, element) => {
    const { channel, row, column } = placeOf(shape, element);
    const sum = offsets.reduce((all, [r, c], at) => {
      const near = { channel, row: inside(row + r, shape.height), column: inside(column + c, shape.width) };
      return all + (weights[at] ?? 0) * (image[elementAt(shape, near)] ?? Number.NaN);
    }, 0);
    return sum / total;
  });
};

/** Pixels at the edge go on outside of it. */
const inside = (at: number, length: number): number => Math.min(Math.max(at, 0), length - 1);

const contrasted: Step = (perturbation, { contrast }, image) =>
  contrast === undefined
    ? image
    : image.map((value, at) => {
        const middle = middleOf(perturbation, at);
        return (value - middle) * contrast + middle;
      });

const brightened: Step = (_, { brightness }, image) =>
  brightness === undefined ? image : image.map((value) => value + brightness);

const occluded: Step = ({ image: shape, transform: { occlusion } }, { row: top, column: left }, image) => {
  if (occlusion === undefined || top === undefined || left === undefined) return image;
  const [height, width] = occlusion.size;
  return image.map((value, element) => {
    const { row, column } = placeOf(shape, element);
    const isHidden = row >= top && row < top + height && column >= left && column < left + width;
    return isHidden ? occlusion.value : value;
  });
};
