// The inputs that a property ranges over, as boxes of float32 numbers: one per instance.
import { nextAbove, roundDown, roundUp } from '../base/float32-rounding.js';
import { rowsAt } from '../base/rows.js';
import type { Shape } from '../base/shape.js';
import { rowLength } from '../base/shape.js';
import { float32, type Tensor } from '../base/tensor.js';
import { type Ball, isInBall } from './ball.js';
import type { Dataset } from './dataset.js';
import type { InputRange } from './policy.js';

export type InputSet = {
  /** Shape of one input, without the batch. */
  readonly shape: Shape;
  /** Elements of one input. */
  readonly size: number;
  /** [instances, ...shape]: exactly the float32 inputs between them belong to the set. */
  readonly lower: Tensor<'float32'>;
  readonly upper: Tensor<'float32'>;
  /** [seeds, ...shape]: where search starts; each lies in the box of its instance. */
  readonly seeds: Tensor<'float32'>;
  /** Instance of each seed. */
  readonly instanceOf: Int32Array;
  /** Row of the data set behind each seed, -1 for none. */
  readonly rowOf: Int32Array;
  /** Where not all inputs in the boxes belong to the set: those that are in this ball around their instance's seed. */
  readonly ball?: Ball;
  /** Elements that are whole numbers in all inputs of the set. */
  readonly whole?: readonly number[];
};

/** One instance per row: all inputs within `linfEpsilon` of it, as real numbers, that lie in the range. */
export function boxesAround(
  rows: Dataset,
  firstRow: number,
  linfEpsilon: number,
  range: InputRange,
): InputSet {
  const shape = rows.inputs.shape.slice(1);
  const size = rowLength(rows.inputs.shape);
  const { data } = rows.inputs;
  const [lower, upper] = [new Float32Array(data.length), new Float32Array(data.length)];
  data.forEach((value, at) => {
    const [least, most] = rangeAt(range, at % size);
    lower[at] = Math.max(differenceUp(value, linfEpsilon), roundUp(least));
    upper[at] = Math.min(-differenceUp(-value, linfEpsilon), roundDown(most));
  });
  const count = rows.inputs.shape[0] ?? 0;
  const boxes = { lower: float32(lower, rows.inputs.shape), upper: float32(upper, rows.inputs.shape) };
  const instances = Int32Array.from({ length: count }, (_, row) => row);
  return {
    shape,
    size,
    ...boxes,
    seeds: rows.inputs,
    instanceOf: instances,
    rowOf: instances.map((row) => row + firstRow),
  };
}

/** One instance per row: the ball around it, as far as it lies in the range. */
export function ballsAround(rows: Dataset, firstRow: number, ball: Ball, range: InputRange): InputSet {
  // The least box around a ball of any of the norms.
  const boxes = boxesAround(rows, firstRow, ball.epsilon, range);
  return ball.norm === 'linf' ? boxes : { ...boxes, ball };
}

/** Whether a float32 input belongs to the set, in exact arithmetic. */
export function belongsTo(set: InputSet, instance: number, input: Float32Array): boolean {
  const { size, lower, upper, seeds, ball, whole = [] } = set;
  const from = instance * size;
  const inBox = input.every(
    (value, at) => value >= (lower.data[from + at] as number) && value <= (upper.data[from + at] as number),
  );
  if (!inBox || !whole.every((at) => Number.isInteger(input[at]))) return false;
  if (ball === undefined) return true;
  return isInBall(input, seeds.data.subarray(from, from + size), ball);
}

/** Some of the instances, where each has one seed. */
export function someInstances(set: InputSet, kept: readonly number[]): InputSet {
  const { size } = set;
  const rowsOf = ({ data, shape }: Tensor<'float32'>): Tensor<'float32'> =>
    float32(rowsAt(data, kept, size), [kept.length, ...shape.slice(1)]);
  return {
    ...set,
    lower: rowsOf(set.lower),
    upper: rowsOf(set.upper),
    seeds: rowsOf(set.seeds),
    instanceOf: Int32Array.from(kept, (_, at) => at),
    rowOf: Int32Array.from(kept, (row) => set.rowOf[row] ?? -1),
  };
}

/** One instance: the whole range. The seeds are the given rows, or the middle of the range. */
export function wholeRange(
  shape: Shape,
  range: InputRange,
  rows: Dataset | undefined,
  firstRow: number,
): InputSet {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const at = (pick: (least: number, most: number) => number) =>
    float32(
      Float32Array.from({ length: size }, (_, element) => pick(...rangeAt(range, element))),
      [1, ...shape],
    );
  const lower = at((least) => roundUp(least));
  const upper = at((_least, most) => roundDown(most));
  const seeds = rows?.inputs ?? at((least, most) => Math.fround((least + most) / 2));
  const count = seeds.shape[0] ?? 0;
  return {
    shape,
    size,
    lower,
    upper,
    seeds,
    instanceOf: new Int32Array(count),
    rowOf: Int32Array.from({ length: count }, (_, row) => (rows === undefined ? -1 : row + firstRow)),
  };
}

const rangeAt = (range: InputRange, element: number): readonly [number, number] =>
  range.ranges[range.ranges.length === 1 ? 0 : element] ?? [Number.NaN, Number.NaN];

/** Smallest float32 not below a - b, which itself may be no float64. */
function differenceUp(a: number, b: number): number {
  const near = a - b;
  // Knuth's TwoSum: near + error = a - b exactly.
  const part = near - a;
  const error = a - (near - part) - (b + part);
  const up = roundUp(near);
  return up === near && error > 0 ? nextAbove(up) : up;
}

/** The smallest box around all instances: [1, ...shape] each. */
export function hullOf({
  shape,
  size,
  lower,
  upper,
}: Pick<InputSet, 'shape' | 'size' | 'lower' | 'upper'>): Pick<InputSet, 'lower' | 'upper'> {
  const least = new Float32Array(size).fill(Infinity);
  const most = new Float32Array(size).fill(-Infinity);
  lower.data.forEach((value, at) => {
    least[at % size] = Math.min(least[at % size] as number, value);
    most[at % size] = Math.max(most[at % size] as number, upper.data[at] as number);
  });
  return { lower: float32(least, [1, ...shape]), upper: float32(most, [1, ...shape]) };
}
