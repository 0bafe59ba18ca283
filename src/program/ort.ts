// The only file that talks to onnxruntime-node: opens sessions, converts tensors.
import { createRequire } from 'node:module';
import process from 'node:process';
import type { InferenceSession } from 'onnxruntime-node';
import { type DType, dtypes } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import { messageOf } from '../base/user-error.js';
import {
  type Feeds,
  type GraphOptimization,
  type Results,
  RuntimeError,
  type ValueMemory,
} from './session.js';

const require = createRequire(import.meta.url);
/** Late: not every run needs it. */
async function load(): Promise<typeof import('onnxruntime-node')> {
  // Since 1.30 ONNX Runtime counts uses in a database in the home directory, for Microsoft: no network that is checked should be told of.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  return (await import('onnxruntime-node')).default;
}

/** Version of the installed onnxruntime-node package. */
export function runtimeVersion(): string {
  const manifest: unknown = require('onnxruntime-node/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

/**
 * NoopElimination reads the constants of float64 sums as float32 and drops those below 2^-150, such as the terms that
 * cover underflow in a bound (seen in 1.30; a law in test/laws/program/special-values.test.ts watches it).
 */
const wrongOptimizers = ['NoopElimination'];

/**
 * MatMulScaleFusion makes sum(w (s x)) of s sum(w x), which does not overflow where s x does: a sum that is to tell whether some value is
 * infinite no longer does. It also takes away scaled values that other nodes still read, and then refuses what is left (seen in 1.30).
 */
const overflowHiding = ['MatMulScaleFusion'];

const extraOf = (optimization: GraphOptimization) => ({
  optimization: {
    disable_specified_optimizers: [
      ...wrongOptimizers,
      ...(optimization === 'program' ? overflowHiding : []),
    ].join(';'),
  },
});

/** A session in this thread. `common` may hold feeds that this model does not read. */
export type LocalSession = { run(feeds: Feeds, ...common: readonly Feeds[]): Promise<Results> };

/** Throws RuntimeError where ONNX Runtime refuses the model. */
export async function openSession(
  model: Uint8Array,
  optimization: GraphOptimization,
  memory: ValueMemory,
): Promise<LocalSession> {
  const ort = await load();
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: optimization === 'program' ? 'all' : optimization,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
    enableCpuMemArena: memory === 'kept',
    enableMemPattern: memory === 'kept',
    extra: extraOf(optimization),
  }).catch(refused);
  const toOrt = ({ dtype, shape, data }: Tensor) =>
    new ort.Tensor(ortType(dtype), data as Float32Array, shape as number[]);
  const readable = new Set(session.inputNames);
  // Sequences, maps and optionals cannot be read: onnxruntime-node refuses the whole run that asks for one.
  const tensors = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  refuseHuge(session.outputMetadata);
  return {
    run: async (feeds, ...common) => {
      const given = [...common, feeds].flatMap((some) => Object.entries(some));
      const wanted = given.filter(([name]) => readable.has(name));
      // Feeds whose array does not fit their shape are refused while they are converted.
      const compute = async () =>
        session.run(Object.fromEntries(wanted.map(([name, value]) => [name, toOrt(value)])), tensors);
      const results = await compute().catch(refused);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
    },
  };
}

/** Elements of one output; open dimensions count as 1. */
const greatestOutput = 2 ** 29;

/** A file's attributes can ask for more than the machine has: seen from the inferred shapes before anything is computed. */
function refuseHuge(outputs: InferenceSession['outputMetadata']): void {
  for (const output of outputs) {
    if (!output.isTensor) continue;
    const size = output.shape.reduce<number>((all, dim) => (typeof dim === 'number' ? all * dim : all), 1);
    if (size > greatestOutput) throw new RuntimeError(`value "${output.name}" would have ${size} elements`);
  }
}

const refused = (reason: unknown): never => {
  throw new RuntimeError(messageOf(reason), { cause: reason });
};

/** ONNX Runtime's types are a subset of ours under the same names; the rest it refuses by itself. */
const ortType = (dtype: DType) => dtype as 'float32';

function fromOrt(value: InferenceSession.ReturnType[string]): Tensor {
  const dtype: string = value.type;
  if (dtype === 'string') return { dtype, shape: value.dims, data: value.data as unknown as string[] };
  if (!(dtype in dtypes)) throw new RuntimeError(`an output of type ${dtype} cannot be read`);
  return { dtype, shape: value.dims, data: value.data } as Tensor;
}
