// Affine forms of a leaf: its rows and its splits as functions of the inputs that vary. Rounded, since they only serve a search.
import { float32, int64 } from '../../../../base/tensor.js';
import type { Session } from '../../../../program/session.js';
import type { OpenDisjunct, Rows } from '../../types.js';
import type { Space } from '../space.js';
import type { Subproblem } from '../subproblem.js';
import { type Cube, stepsOf } from './cube.js';

/** Constraints middle + sum over j of slopes[j] t[j] <= 0 for t in [-1, 1], each over its unit. */
export type Forms = {
  /** First those of the rows, then of the splits. */
  readonly count: number;
  /** [count, varying] */
  readonly slopes: Float64Array<ArrayBuffer>;
  /** [count] */
  readonly middles: Float64Array<ArrayBuffer>;
  /** [count]: what each constraint was divided by, about as large as the numbers that are rounded there. */
  readonly units: Float64Array<ArrayBuffer>;
  /** [count]: see `Constraints` in linear-program.ts. */
  readonly rooms: Float64Array<ArrayBuffer>;
};

/** Points of one call. */
const pointsPerCall = 256;
/**
 * Against 1 of rows. Beyond a split the network goes on continuously, so that points with room in the rows are worth more; and
 * multipliers are those of the greatest bound of the rows, but where the splits contradict each other.
 */
const roomOfSplits = 2 ** -10;

/** @param session see `openFixed` */
export async function formsOf(
  session: Session,
  space: Space,
  { rows }: OpenDisjunct,
  cube: Cube,
  { splits }: Subproblem,
): Promise<Forms> {
  const { points, steps } = stepsOf(cube);
  const places = Array.from(splits, Math.abs);
  const size = cube.middle.length;
  const valuesAt = await evaluated(session, points, steps.length + 1, {
    signs: float32(signsOf(space, splits)),
    elements: int64(places.map((place) => space.elements[place] ?? 0)),
  });
  const count = rows.count + splits.length;
  const width = steps.length;
  const [slopes, middles] = [new Float64Array(count * width), new Float64Array(count)];
  for (let point = 0; point <= width; point++) {
    const { output, neurons } = valuesAt(point);
    const x = points.subarray(point * size, (point + 1) * size);
    for (let at = 0; at < count; at++) {
      const which = at - rows.count;
      const value =
        which < 0 ? rowAt(rows, at, output, x) : -Math.sign(splits[which] ?? 0) * (neurons[which] ?? 0);
      if (point === 0) middles[at] = value;
      else slopes[at * width + point - 1] = (value - (middles[at] ?? 0)) * (steps[point - 1] ?? 0);
    }
  }
  return inUnits(space, rows.count, places, { count, slopes, middles });
}

/** Rows over the greatest they may be in the box; splits over the greatest magnitude of the values beside the neuron. */
function inUnits(
  { root, elements }: Space,
  rows: number,
  places: readonly number[],
  { count, slopes, middles }: Pick<Forms, 'count' | 'slopes' | 'middles'>,
): Forms {
  const scales = root.flatMap(({ lower, upper }) => {
    const greatest = lower.reduce((most, low, at) => Math.max(most, -low, upper[at] ?? 0), 0);
    return Array.from(lower, () => greatest);
  });
  const width = slopes.length / count;
  const units = middles.map((middle, at) => {
    const own = slopes.subarray(at * width, (at + 1) * width);
    const reached = own.reduce((sum, slope) => sum + Math.abs(slope), Math.abs(middle));
    return (at < rows ? reached : scales[elements[places[at - rows] ?? 0] ?? 0]) || 1;
  });
  return {
    count,
    units,
    slopes: slopes.map((slope, at) => slope / (units[Math.floor(at / width)] ?? 1)),
    middles: middles.map((middle, at) => middle / (units[at] ?? 1)),
    rooms: units.map((_, at) => (at < rows ? 1 : roomOfSplits)),
  };
}

/** Of every hidden element: as it is split, else as its bounds at the root say. */
function signsOf({ root, elements }: Space, splits: Int32Array): Float32Array {
  const signs = Float32Array.from(
    root.flatMap(({ lower }) => Array.from(lower, (low) => (low >= 0 ? 1 : -1))),
  );
  for (const split of splits) signs[elements[Math.abs(split)] ?? 0] = Math.sign(split);
  return signs;
}

async function evaluated(
  session: Session,
  points: Float32Array,
  count: number,
  feeds: Parameters<Session['run']>[0],
): Promise<(at: number) => { readonly output: Float32Array; readonly neurons: Float32Array }> {
  const size = points.length / count;
  const chunks: { readonly output: Float32Array; readonly neurons: Float32Array }[] = [];
  for (let from = 0; from < count; from += pointsPerCall) {
    const to = Math.min(count, from + pointsPerCall);
    const part = float32(points.slice(from * size, to * size), [to - from, size]);
    const { output, neurons } = await session.run({ ...feeds, points: part });
    for (let row = 0; row < to - from; row++) {
      const rowOf = (data: Float32Array) =>
        data.subarray((row * data.length) / (to - from), ((row + 1) * data.length) / (to - from));
      chunks.push({
        output: rowOf(output?.data as Float32Array),
        neurons: rowOf(neurons?.data as Float32Array),
      });
    }
  }
  const none = { output: new Float32Array(), neurons: new Float32Array() };
  return (at) => chunks[at] ?? none;
}

function rowAt({ outputs, inputs, bounds }: Rows, row: number, y: Float32Array, x: Float32Array): number {
  let sum = -(bounds[row] ?? 0);
  y.forEach((value, at) => {
    sum += value * (outputs[row * y.length + at] ?? 0);
  });
  x.forEach((value, at) => {
    sum += value * (inputs[row * x.length + at] ?? 0);
  });
  return sum;
}
