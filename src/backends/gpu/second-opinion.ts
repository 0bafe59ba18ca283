// Two independent implementations of one model: gpu.js kernels and ONNX Runtime. Both must lie in the interval of the deployed
// float32 arithmetic at the very input (DESIGN, section 5), which holds for every order of summation, with or without fused
// multiply-add. What lies outside is no rounding error: a kernel, a graph optimisation or a device is wrong.
import { float32, hasDType, rows, type Tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { boundModel } from '../../ops/bound-model.js';
import { finite } from '../../ops/interval.js';
import { perRow } from '../../ops/per-row.js';
import { createRounding, type Rounding } from '../../ops/rounding.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { compile } from '../../program/compile.js';
import type { Dims } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session } from '../../program/session.js';
import type { Executable } from '../onnxruntime.js';
import type { GpuMode } from './engine.js';

export type Opinions = {
  /** [n]: 1 where an output of either lies outside its bound. */
  readonly differs: Uint8Array;
  /** [n]: 1 where no output has a finite bound, so that nothing can be said. */
  readonly unknown: Uint8Array;
  /** [n]: greatest difference of the two, as a share of the width of the bound; what differs most comes first. */
  readonly share: Float32Array;
};

export type SecondOpinion = {
  /** Runs both. @param input [n, ...features] */
  judge(input: Tensor<'float32'>): Promise<Opinions>;
};

/** Rows per call: small enough for the bounds of a layer to stay in the cache. */
const rowsPerCall = 128;

/**
 * Operators that divide or take roots. WGSL lets a device be 2.5 ulp off there, which is five roundings (W3C WGSL, accuracy of
 * expressions); sums and products it rounds correctly, and functions are made of those (kernels/functions.ts).
 */
const dividing: ReadonlySet<string> = new Set([
  'AveragePool',
  'Div',
  'Elu',
  'GlobalAveragePool',
  'Log',
  'LogSoftmax',
  'Mean',
  'Pow',
  'Reciprocal',
  'ReduceL2',
  'ReduceMean',
  'Sigmoid',
  'Softmax',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Tanh',
]);

/**
 * @param deployed the model on ONNX Runtime
 * @param other the same model on gpu.js, in `mode`
 * @throws Unbounded where the output depends on a node without bound rule, which it names
 */
export async function openSecondOpinion(
  model: TypedModel,
  deployed: Executable,
  other: Executable & { readonly mode: GpuMode },
  runtime: Runtime,
): Promise<SecondOpinion> {
  const size = runsBatched(model) ? rowsPerCall : 1;
  const session = await openJudge(model, roundingOf(model, other.mode), size, runtime);
  return {
    judge: async (input) => {
      const count = input.shape[0] ?? 0;
      const [ours, theirs] = await Promise.all([deployed.run(input), other.run(input)]);
      const opinions = {
        differs: new Uint8Array(count),
        unknown: new Uint8Array(count),
        share: new Float32Array(count),
      };
      for (let from = 0; from < count; from += size) {
        const to = Math.min(from + size, count);
        const feeds = {
          x: rows(input, from, to),
          ours: outputRows(ours, count, from, to),
          theirs: outputRows(theirs, count, from, to),
        };
        const { differs, unknown, share } = await session.run(feeds);
        opinions.differs.set(differs?.data as Uint8Array, from);
        opinions.unknown.set(unknown?.data as Uint8Array, from);
        opinions.share.set(share?.data as Float32Array, from);
      }
      return opinions;
    },
  };
}

function roundingOf({ graph }: TypedModel, mode: GpuMode): Rounding {
  // In float64 the program's own rounding does not count: half the width.
  const rounding = createRounding('float64', 'deployed');
  const inexact = mode === 'webgpu' && graph.nodes.some(({ type }) => dividing.has(type));
  return inexact ? { ...rounding, deployed: (k) => rounding.deployed(5 * k) } : rounding;
}

/** Outputs of some rows, as vectors: all elements that belong to a row stand in it, whatever their shape. */
function outputRows(output: Tensor, count: number, from: number, to: number): Tensor<'float32'> {
  if (!hasDType(output, 'float32')) throw new TypeError(`an output of ${output.dtype}`);
  return rows(float32(output.data, [count, output.data.length / count]), from, to);
}

/** x, ours, theirs -> what is said of each row. */
function openJudge(model: TypedModel, rounding: Rounding, size: number, runtime: Runtime): Promise<Session> {
  const p = new Program();
  const batch = size === 1 ? 1 : 'batch';
  const shape: Dims = [batch, ...model.input.shape.slice(1)];
  const x = p.input('x', 'float32', shape);
  const exact = p.cast(x, rounding.dtype);
  const bounds = boundModel(p, model, { lower: exact, upper: exact }, rounding).bounds(model.output.name);
  const elements = model.output.shape.reduce<number>((product, dim) => product * factorOf(dim), 1);
  const [lower, upper] = [bounds.lower, bounds.upper].map((bound) => p.reshape(bound, [batch, elements]));
  const [ours, theirs] = ['ours', 'theirs'].map((name) =>
    p.cast(p.input(name, 'float32', [batch, elements]), rounding.dtype),
  );
  if (!(lower && upper && ours && theirs)) throw new RangeError('four values were made');
  const known = finite(p, { lower, upper });
  const within = (value: typeof lower) => p.and(p.greaterOrEqual(value, lower), p.lessOrEqual(value, upper));
  const outside = p.and(known, p.not(p.and(within(ours), within(theirs))));
  const width = p.add(p.sub(upper, lower), 2 ** -126);
  const share = p.where(known, p.div(p.abs(p.sub(ours, theirs)), width), 0);
  const like = p.reduceMax(ours, [1]);
  const any = (test: typeof lower) => perRow(p, p.cast(test, 'float32'), like, p.reduceMax);
  return compile(
    p,
    {
      differs: p.cast(any(outside), 'uint8'),
      unknown: p.cast(p.sub(1, any(known)), 'uint8'),
      share: p.cast(perRow(p, share, like, p.reduceMax), 'float32'),
    },
    runtime,
  );
}

/** Elements of one row along an axis: `batch` has 1, `batch*4` has 4. */
const factorOf = (dim: number | string): number =>
  typeof dim === 'number' ? dim : Number(/\d+$/.exec(dim)?.[0] ?? 1);
