// Which backend runs a model: the one that was asked for, or the faster one, found by running both.
import type { Clock } from '../base/deadline.js';
import { createRng } from '../base/rng.js';
import { float32, type Tensor, zeros } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Runtime } from '../program/session.js';
import { type GpuExecutable, openGpuExecutable } from './gpu/executable.js';
import { type Executable, openExecutable } from './onnxruntime.js';

export type BackendName = 'gpu' | 'onnxruntime' | 'auto';

export type ChosenBackend = {
  readonly kind: 'gpu' | 'onnxruntime';
  readonly executable: Executable;
  /** The same object where `kind` is 'gpu'. */
  readonly gpu: GpuExecutable | undefined;
  /** What was chosen and why, for the user. */
  readonly words: string;
  close(): Promise<void>;
};

/** Rows per timed run. */
const timedRows = 256;
/** Timed runs of each backend; the median counts. One run before them warms up. */
const timedRuns = 5;
/** A run that takes longer is not repeated. */
const longMs = 1_000;

/**
 * @param file the model's file, for errors
 * @param bytes `LoadedModel.bytes`
 * @param watched as in `GpuOptions`: what is timed is what will run
 * @throws UserError UNSUPPORTED_MODEL, RUNTIME_FAILED where 'gpu' is asked for and cannot be had
 */
export async function chooseBackend(
  model: TypedModel,
  file: string,
  bytes: Uint8Array,
  runtime: Runtime,
  name: BackendName,
  clock: Clock,
  watched = false,
): Promise<ChosenBackend> {
  if (name === 'gpu') return onGpu(await openGpuExecutable(model, { file, watched }), undefined);
  const executable = await openExecutable(model, bytes, runtime);
  if (name === 'onnxruntime') return onRuntime(executable, 'onnxruntime');
  const gpu = await openGpuExecutable(model, { file, watched }).catch((error: unknown) => refusalOf(error));
  if (typeof gpu === 'string') return onRuntime(executable, `onnxruntime: ${gpu}`);
  const input = timedInput(model);
  const speeds = [await speedOf(executable, input, clock), await speedOf(gpu, input, clock)] as const;
  const words = `onnxruntime: ${inputsPerSecond(speeds[0])}; ${gpu.words}: ${inputsPerSecond(speeds[1])}`;
  if (speeds[1] > speeds[0]) return onGpu(gpu, words);
  await gpu.close();
  return onRuntime(executable, words);
}

const onGpu = (gpu: GpuExecutable, words: string | undefined): ChosenBackend => ({
  kind: 'gpu',
  executable: gpu,
  gpu,
  words: words ?? gpu.words,
  close: () => gpu.close(),
});

const onRuntime = (executable: Executable, words: string): ChosenBackend => ({
  kind: 'onnxruntime',
  executable,
  gpu: undefined,
  words,
  close: async () => {},
});

/** Why gpu.js does not run the model. */
function refusalOf(error: unknown): string {
  if (error instanceof UserError) return error.details.problem;
  throw error;
}

/** Numbers from 0 to 1, as most inputs are. */
function timedInput({ input }: TypedModel): Tensor<'float32'> {
  const rng = createRng(0, 'timing');
  const { shape, data } = zeros('float32', [timedRows, ...input.shape.slice(1).map(Number)]);
  return float32(
    data.map(() => rng.uniform()),
    shape,
  );
}

/** Median inputs per second. */
async function speedOf(executable: Executable, input: Tensor<'float32'>, clock: Clock): Promise<number> {
  const timed = async () => {
    const start = clock();
    await executable.run(input);
    return clock() - start;
  };
  const times = [await timed()];
  // The first run compiles; it counts only where it takes so long that a second one would be too much.
  if ((times[0] ?? 0) < longMs) {
    times.pop();
    while (times.length < timedRuns) times.push(await timed());
  }
  times.sort((a, b) => a - b);
  return (timedRows / Math.max(times[Math.floor(times.length / 2)] ?? 1, 1e-3)) * 1_000;
}

/** Two digits are what such a measurement is worth. */
const inputsPerSecond = (speed: number): string => {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(speed, 1))) - 1);
  return `${(Math.round(speed / digits) * digits).toLocaleString('en-US')} inputs/s`;
};
