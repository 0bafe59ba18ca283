// Runs the bounding program of program.ts on plain arrays.
import { float32, type Tensor, tensor } from '../../../base/tensor.js';
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import { written } from '../../../program/compile.js';
import { staticSize } from '../../../program/dims.js';
import { Program } from '../../../program/program.js';
import type { Runtime } from '../../../program/session.js';
import { buildBounding, type Layout } from './program.js';

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
};

/** A bounding program as a file that any runtime opens. */
export type BoundingFile = {
  readonly bytes: Uint8Array;
  /** One instance. */
  readonly model: TypedModel;
  readonly layout: Layout;
  readonly joined: readonly number[];
};

/** Elements of each hidden value. */
export const sizesOf = ({ layout, model }: Pick<BoundingFile, 'layout' | 'model'>): readonly number[] =>
  layout.hidden.map((name) => staticSize(model.types.get(name)?.shape ?? []));

/**
 * @param runtime computes constants
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function writeBounding(
  batched: TypedModel,
  layout: Layout,
  rounding: Rounding,
  runtime: Runtime,
): Promise<BoundingFile> {
  const model = instanceOf(batched);
  const p = new Program();
  const { joined, ...values } = buildBounding(p, model, layout, rounding);
  return { bytes: await written(p, values, runtime), model, layout, joined };
}

export async function openBounder(
  { bytes, model, layout, joined }: BoundingFile,
  runtime: Runtime,
): Promise<Bounder> {
  // As it stands: ONNX Runtime's optimiser takes as long again as opening, and makes no run faster.
  const session = await runtime.open(bytes, 'disabled');
  const [inputs, outputs] = [staticSize(model.input.shape), staticSize(model.output.shape)];
  return {
    inputs,
    outputs,
    run: async (batch) => {
      const { count, known, indices } = batch;
      const results = await session.run({
        known: given(known, [count, known.length / count]),
        ...Object.fromEntries(
          indices.map((each, k) => [`indices${k}`, tensor('int32', [count, each.length / count], each)]),
        ),
        outputs: given(batch.outputs, [count, layout.rows, outputs]),
        inputs: given(batch.inputs, [count, layout.rows, inputs]),
      });
      const floats = (name: string) => results[name]?.data as Float32Array;
      const places: (number | undefined)[] = indices.map(() => undefined);
      let rows = layout.rows;
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
