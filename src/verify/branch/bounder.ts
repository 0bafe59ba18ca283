// Runs the bounding program of program.ts on plain arrays.
import { float32, type Tensor, tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { createRounding, type Deployment } from '../../ops/rounding.js';
import { compile } from '../../program/compile.js';
import { staticSize } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Feeds, Results, Runtime } from '../../program/session.js';
import { buildBounding, type Layout } from './program.js';

/** n sub-problems, row-major; see `BoundingValues` in program.ts for what each array is. */
export type Batch = {
  readonly count: number;
  /** [n, inputs] */
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  /** One entry per hidden value. */
  readonly hidden: readonly HiddenBatch[];
  /** [n, rows, outputs] and [n, rows, inputs] */
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly inputs: Float32Array<ArrayBuffer>;
};

export type HiddenBatch = {
  /** [n, size] */
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  /** [n, m], of refined values: m >= 1, the same for all sub-problems; elements may be listed twice. */
  readonly indices?: Int32Array<ArrayBuffer>;
};

export type Bounded = {
  /** [n, rows] */
  readonly bound: Float32Array;
  /** [n, rows, inputs] */
  readonly coefficients: Float32Array;
  /** [n, rows] */
  readonly constant: Float32Array;
  /** [n, m] of each hidden value; undefined where it is not refined. */
  readonly refined: readonly (Pick<HiddenBatch, 'lower' | 'upper'> | undefined)[];
};

export type Bounder = {
  readonly inputs: number;
  readonly outputs: number;
  /** Elements of each hidden value. */
  readonly hidden: readonly number[];
  run(batch: Batch): Promise<Bounded>;
};

/**
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function openBounder(
  batched: TypedModel,
  layout: Omit<Layout, 'slopes' | 'multipliers'>,
  arithmetic: Deployment,
  runtime: Runtime,
): Promise<Bounder> {
  const model = instanceOf(batched);
  const p = new Program();
  const all: Layout = { ...layout, slopes: false, multipliers: false };
  const { bound, coefficients, constant, refined } = buildBounding(
    p,
    model,
    all,
    createRounding('float32', arithmetic),
  );
  const session = await compile(p, { bound, coefficients, constant, ...refined }, runtime);
  const shapes = layout.hidden.map(({ name }) => (model.types.get(name)?.shape ?? []).map(Number));
  const [inputs, outputs] = [staticSize(model.input.shape), staticSize(model.output.shape)];
  return {
    inputs,
    outputs,
    hidden: shapes.map(staticSize),
    run: async (batch) => {
      const feeds = {
        ...boxFeeds(batch, model),
        ...hiddenFeeds(batch, shapes),
        outputs: float32(batch.outputs, [batch.count, layout.rows, outputs]),
        inputs: float32(batch.inputs, [batch.count, layout.rows, inputs]),
      };
      return resultsOf(await session.run(feeds), layout.hidden.length);
    },
  };
}

const boxFeeds = ({ count, lower, upper }: Batch, { input }: TypedModel): Feeds => {
  const shape = [count, ...input.shape.map(Number)];
  return { lower: float32(lower, shape), upper: float32(upper, shape) };
};

function hiddenFeeds({ count, hidden }: Batch, shapes: readonly (readonly number[])[]): Feeds {
  const feeds: Record<string, Tensor> = {};
  for (const [k, { lower, upper, indices }] of hidden.entries()) {
    const shape = [count, ...(shapes[k] ?? [])];
    feeds[`lower${k}`] = float32(lower, shape);
    feeds[`upper${k}`] = float32(upper, shape);
    if (indices !== undefined)
      feeds[`indices${k}`] = tensor('int32', [count, indices.length / count], indices);
  }
  return feeds;
}

function resultsOf(results: Results, hidden: number): Bounded {
  const floats = (name: string) => results[name]?.data as Float32Array<ArrayBuffer>;
  return {
    bound: floats('bound'),
    coefficients: floats('coefficients'),
    constant: floats('constant'),
    refined: Array.from({ length: hidden }, (_, k) =>
      results[`least${k}`] === undefined
        ? undefined
        : { lower: floats(`least${k}`), upper: floats(`most${k}`) },
    ),
  };
}
