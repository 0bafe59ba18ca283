// A bounding program on plain arrays.
import { float32, type Tensor, tensor } from '../../../base/tensor.js';
import type { Feeds, Results } from '../../../program/session.js';
import type { Splitter } from './elsewhere.js';

/** n sub-problems, row-major; see `BoundingValues` in program.ts for what each array is. A run takes all of them but `indices`. */
export type Batch = {
  readonly count: number;
  /** [n, known] */
  readonly known: Float32Array<ArrayBuffer>;
  /** By hidden value: [n, m], the same m for all sub-problems, 0 for none; elements may be listed twice. */
  readonly indices: readonly Int32Array<ArrayBuffer>[];
  /** [n, rows, outputs] and [n, rows, inputs] */
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly inputs: Float32Array<ArrayBuffer>;
};

export type Bounded = {
  /** All rows: those of the specification, then what `places` says. */
  readonly rows: number;
  /** [n, rows] */
  readonly bound: Float32Array;
  /** [n, rows, inputs] */
  readonly coefficients: Float32Array;
  /** [n, rows] */
  readonly constant: Float32Array;
  /** First row of each hidden value's elements z_i; those of -z_i follow. Undefined where it has none. */
  readonly places: readonly (number | undefined)[];
};

export type Bounder = {
  readonly inputs: number;
  readonly outputs: number;
  run(batch: Batch): Promise<Bounded>;
  /** Does all of `splitBoxes` where the program is; undefined where that is here. */
  readonly split?: Splitter;
};

/** What a bounding program takes: elements of the network's input and output, rows of the specification, and `BoundingValues.joined`. */
export type BoundingShape = {
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: number;
  readonly joined: readonly number[];
};

/** A bounding program that is open. */
export function bounderOver(
  run: (feeds: Feeds) => Promise<Results>,
  { inputs, outputs, rows: specified, joined }: BoundingShape,
): Bounder {
  return {
    inputs,
    outputs,
    run: async (batch) => {
      const { count, known, indices } = batch;
      const results = await run({
        known: given(known, [count, known.length / count]),
        ...Object.fromEntries(
          indices.map((each, k) => [`indices${k}`, tensor('int32', [count, each.length / count], each)]),
        ),
        outputs: given(batch.outputs, [count, specified, outputs]),
        inputs: given(batch.inputs, [count, specified, inputs]),
      });
      const floats = (name: string) => results[name]?.data as Float32Array;
      const places: (number | undefined)[] = indices.map(() => undefined);
      let rows = specified;
      for (const k of joined) {
        places[k] = rows;
        rows += (2 * (indices[k]?.length ?? 0)) / count;
      }
      const [bound, coefficients, constant] = [floats('bound'), floats('coefficients'), floats('constant')];
      return { rows, bound, coefficients, constant, places };
    },
  };
}

/** Another thread may take the array instead of a copy. */
const given = (data: Float32Array<ArrayBuffer>, shape: readonly number[]): Tensor => ({
  ...float32(data, shape),
  expendable: true,
});
