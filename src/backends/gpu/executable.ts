// A model on gpu.js: the same function as the deployed model's, computed by other code.
import { rowLength } from '../../base/shape.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { messageOf, UserError } from '../../base/user-error.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { RuntimeError } from '../../program/session.js';
import type { Executable } from '../onnxruntime.js';
import { type AdapterAnswer, findAdapter } from './adapter.js';
import type { Engine, GpuMode } from './engine.js';
import { lowerToKernels } from './lower.js';
import type { Plan } from './plan.js';
import { openEngineThread } from './thread.js';

export type GpuOptions = {
  /** The model's file, for errors. */
  readonly file: string;
  /** The only mode to try; by default WebGPU where an adapter answers, then WebAssembly, then plain JavaScript. */
  readonly mode?: GpuMode;
  /** Whether `runWith` gives flags of results that are not finite; it keeps some kernels from being fused. */
  readonly watched?: boolean;
  /** How long the search for an adapter may take. */
  readonly adapterTimeoutMs?: number;
};

export type GpuRun = {
  /** [n, ...d] */
  readonly output: Tensor<'float32'>;
  /** [n]: 1 where the result of some kernel was NaN or infinite; undefined unless the executable is `watched`. */
  readonly nonFinite: Uint8Array | undefined;
  /**
   * [n]: squared distance of each output, as a vector, to the nearest entry of the corpus. Infinity where there are no entries, or
   * where no distance is finite; undefined where no corpus was given.
   */
  readonly nearest: Float32Array | undefined;
};

export type GpuExecutable = Executable & {
  readonly mode: GpuMode;
  /** The mode as users read it, with the adapter's name: "gpu.js (WebGPU, llvmpipe)". */
  readonly words: string;
  /** @param corpus [entries, k], sent to the device again only where it is another object than the last time */
  runWith(given: { readonly input: Tensor<'float32'>; readonly corpus?: Tensor<'float32'> }): Promise<GpuRun>;
  close(): Promise<void>;
};

const wordsOf: Readonly<Record<GpuMode, string>> = {
  webgpu: 'WebGPU',
  webasm: 'WebAssembly',
  cpu: 'JavaScript',
};

/** Loading a driver takes about 0.2 s; one that takes this long has hung. */
const defaultAdapterTimeoutMs = 10_000;

/**
 * @throws UserError UNSUPPORTED_MODEL where a node has no kernel
 * @throws UserError RUNTIME_FAILED where no mode runs the model
 */
export async function openGpuExecutable(model: TypedModel, options: GpuOptions): Promise<GpuExecutable> {
  const plan = lowerToKernels(model, options.file, options.watched === true ? 'watched' : 'unwatched');
  const failures: string[] = [];
  for (const mode of options.mode === undefined ? (['webgpu', 'webasm', 'cpu'] as const) : [options.mode]) {
    try {
      const adapter = mode === 'webgpu' ? await adapterOr(options) : undefined;
      const engine = await openEngineThread(plan, mode, adapter?.request);
      return executableOf(engine, plan, adapter);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      failures.push(`${wordsOf[mode]}: ${messageOf(error)}`);
    }
  }
  throw new UserError('RUNTIME_FAILED', {
    where: options.file,
    problem: `gpu.js does not run it (${failures.join('; ')})`,
    hint: 'run it with the backend "onnxruntime"',
  });
}

async function adapterOr({ adapterTimeoutMs = defaultAdapterTimeoutMs }: GpuOptions): Promise<AdapterAnswer> {
  const adapter = await findAdapter(adapterTimeoutMs);
  if (adapter === undefined) throw new RuntimeError('no adapter answers');
  return adapter;
}

/** An engine as an executable; `plan` is the engine's. */
export function executableOf(
  engine: Engine,
  plan: Plan,
  adapter?: Pick<AdapterAnswer, 'description'>,
): GpuExecutable {
  let held: Tensor<'float32'> | undefined;
  const runWith: GpuExecutable['runWith'] = async ({ input, corpus }) => {
    if (corpus !== held) engine.setCorpus(corpus?.data ?? new Float32Array(0), entriesOf(corpus, plan));
    held = corpus;
    const rows = input.shape[0] ?? 0;
    if (rowLength(input.shape) !== plan.features)
      throw new RangeError(
        `rows of ${rowLength(input.shape)} elements for a model that takes ${plan.features}`,
      );
    const { output, nonFinite, nearest } = await engine.run(input.data, rows);
    return {
      output: float32(output, shapeOf(plan, rows)),
      nonFinite: nonFinite && Uint8Array.from(nonFinite),
      nearest: corpus && (nearest ?? new Float32Array(rows).fill(Infinity)),
    };
  };
  const device = wordsOf[engine.mode];
  return {
    mode: engine.mode,
    words: `gpu.js (${adapter === undefined ? device : `${device}, ${adapter.description}`})`,
    runWith,
    run: async (input) => (await runWith({ input })).output,
    close: () => engine.close(),
  };
}

function entriesOf(corpus: Tensor<'float32'> | undefined, { outputs }: Plan): number {
  if (corpus === undefined) return 0;
  if (rowLength(corpus.shape) !== outputs)
    throw new RangeError(`corpus of ${rowLength(corpus.shape)} elements for ${outputs} outputs`);
  return corpus.shape[0] ?? 0;
}

/** Results of all rows one after the other, along their leading axis. */
const shapeOf = ({ shape: [leading = 1, ...rest] }: Plan, rows: number): number[] => [
  rows * leading,
  ...rest,
];
