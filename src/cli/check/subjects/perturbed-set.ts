// The inputs of a perturbed model: parameters in their ranges, and the row behind them. A property whose parameters are places has one
// part for each place, for between places lies nothing.
import { float32, type Tensor } from '../../../base/tensor.js';
import type { Parameter } from '../../../graph/perturbation/transform.js';
import type { InputSet } from '../../../policy/input-set.js';
import type { Boxes } from '../../../verify/ibp.js';

/** Boxes of which each is part of the set of one instance. */
export type Parts = Boxes & { readonly ownerOf: Int32Array };

/** @param rows one instance for each row, with one seed */
export function perturbedSet(rows: InputSet, parameters: readonly Parameter[]): InputSet {
  const count = rows.lower.shape[0] ?? 0;
  const places = placesOf(parameters);
  const neutral = parameters.map((parameter) => parameter.neutral);
  const seedCount = count * places.length;
  const seeds = new Float32Array(seedCount * (parameters.length + rows.size));
  for (let seed = 0; seed < seedCount; seed++) {
    const at = seed * (parameters.length + rows.size);
    const place = places[seed % places.length] ?? [];
    seeds.set(withPlace(neutral, parameters, place), at);
    seeds.set(rowOf(rows.seeds, Math.floor(seed / places.length), rows.size), at + parameters.length);
  }
  const whole = parameters.flatMap((parameter, at) => (parameter.whole ? [at] : []));
  const size = parameters.length + rows.size;
  return {
    shape: [size],
    size,
    lower: inFront(
      rows.lower,
      parameters.map(({ range }) => range[0]),
      rows.size,
    ),
    upper: inFront(
      rows.upper,
      parameters.map(({ range }) => range[1]),
      rows.size,
    ),
    seeds: float32(seeds, [seedCount, size]),
    instanceOf: Int32Array.from({ length: seedCount }, (_, seed) => Math.floor(seed / places.length)),
    rowOf: Int32Array.from(
      { length: seedCount },
      (_, seed) => rows.rowOf[Math.floor(seed / places.length)] ?? -1,
    ),
    ...(whole.length > 0 && { whole }),
  };
}

/** The boxes of all instances, cut into places. */
export function partsOf({ lower, upper, size }: InputSet, parameters: readonly Parameter[]): Parts {
  const count = lower.shape[0] ?? 0;
  const places = placesOf(parameters);
  const side = (all: Tensor<'float32'>) => {
    const data = new Float32Array(count * places.length * size);
    for (let part = 0; part < count * places.length; part++) {
      const row = rowOf(all, Math.floor(part / places.length), size).slice();
      const place = places[part % places.length] ?? [];
      row.set(withPlace(row.subarray(0, parameters.length), parameters, place));
      data.set(row, part * size);
    }
    return float32(data, [count * places.length, size]);
  };
  const ownerOf = Int32Array.from({ length: count * places.length }, (_, part) =>
    Math.floor(part / places.length),
  );
  return { lower: side(lower), upper: side(upper), ownerOf };
}

const rowOf = ({ data }: Tensor<'float32'>, row: number, size: number): Float32Array =>
  data.subarray(row * size, (row + 1) * size);

function inFront(all: Tensor<'float32'>, numbers: readonly number[], size: number): Tensor<'float32'> {
  const count = all.shape[0] ?? 0;
  const width = numbers.length + size;
  const data = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    data.set(numbers, row * width);
    data.set(rowOf(all, row, size), row * width + numbers.length);
  }
  return float32(data, [count, width]);
}

/** Values of the parameters that are whole, in their order: all of them; one empty list where there are none. */
export function placesOf(parameters: readonly Parameter[]): number[][] {
  return parameters
    .filter(({ whole }) => whole)
    .reduce<number[][]>(
      (places, { range: [least, greatest] }) =>
        places.flatMap((place) =>
          Array.from({ length: greatest - least + 1 }, (_, step) => [...place, least + step]),
        ),
      [[]],
    );
}

function withPlace(
  values: ArrayLike<number>,
  parameters: readonly Parameter[],
  place: readonly number[],
): number[] {
  let next = 0;
  return parameters.map(({ whole }, at) => (whole ? (place[next++] ?? 0) : (values[at] ?? 0)));
}
