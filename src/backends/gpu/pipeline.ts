// A plan for one batch size as a compiled gpu.js pipeline: its intermediate results stay in the device's memory (WebGPU buffers,
// or one WebAssembly memory), and only what was asked for is read back.
import type { GPU, IKernelRunShortcut, IPipelineHandle, KernelOutput } from 'gpu.js';
import { greatestFinite } from '../../base/dtype.js';
import type { EngineRun, GpuMode } from './engine.js';
import { nearestSteps } from './nearest.js';
import type { Plan, Source, Step, Table } from './plan.js';
import { watchSteps } from './watch.js';

export type GpuLibrary = typeof import('gpu.js');

/** Entries to compare with: [capacity, outputs], of which the first `entries` count. */
export type Corpus = {
  readonly data: Float32Array;
  readonly entries: number;
  readonly capacity: number;
};

export type CompiledPipeline = {
  /** @param input [rows, features], exactly as many rows as were compiled */
  run(input: Float32Array, corpus: Corpus | undefined): Promise<EngineRun>;
  close(): Promise<void>;
};

/** What a pipeline is given, as gpu.js's handles. */
type Given = Partial<Record<Exclude<Source, number>, IPipelineHandle>>;

/** The kernels of a plan, and their calls, which give the output and whatever else is asked for. */
function kernelsOf(
  library: GpuLibrary,
  gpu: GPU,
  plan: Plan,
  rows: number,
  capacity: number | undefined,
): (given: Given) => IPipelineHandle[] {
  const watching = watchSteps(plan);
  const watchEnd = plan.steps.length + watching.length;
  const measuring = capacity === undefined ? [] : nearestSteps(plan, watchEnd, capacity);
  const steps = [...plan.steps, ...watching, ...measuring];
  const tables = steps.map((step) => step.tables.map((table) => tableInput(library, table)));
  const kernels = steps.map((step) => gpu.createKernel(step.source, { output: outputOf(step, rows) }));
  const turn = gpu.createKernel('function turn(a) { return a[this.thread.x][this.thread.y]; }', {
    output: [plan.outputs, rows],
  });
  return (given) => {
    const results: IPipelineHandle[] = [];
    steps.forEach(({ sources }, at) => {
      const handles = sources.map((source) => (typeof source === 'number' ? results[source] : given[source]));
      results.push(call(kernels[at], [...handles, ...(tables[at] ?? [])]));
    });
    return [
      call(turn, [results[plan.output]]),
      ...(watching.length > 0 ? [results[watchEnd - 1]] : []),
      ...(measuring.length > 0 ? [results[steps.length - 1]] : []),
    ];
  };
}

/** @param capacity of the corpus, undefined where there is none */
export function compilePipeline(
  library: GpuLibrary,
  plan: Plan,
  mode: GpuMode,
  rows: number,
  capacity: number | undefined,
): CompiledPipeline {
  const gpu = new library.GPU({ mode });
  const record = kernelsOf(library, gpu, plan, rows, capacity);
  // gpu.js counts the parameters, and records the calls once; it gets no threads, because it runs in one of its own.
  const pipeline = gpu.createPipeline(
    capacity === undefined
      ? (input) => record({ input })
      : (input, corpus, entries) => record({ input, corpus, entries }),
    { threads: false },
  );
  return {
    run: async (input, corpus) => {
      const x = arrayOf(library, input, [plan.features, rows]);
      const results = (
        corpus === undefined
          ? await pipeline(x)
          : await pipeline(x, arrayOf(library, corpus.data, [plan.outputs, corpus.capacity]), corpus.entries)
      ) as KernelOutput[];
      if (pipeline.backend !== mode)
        throw new Error(`gpu.js fell back to "${pipeline.backend}": ${pipeline.fallbackReason}`);
      return resultsOf(results as Float32Array[][], plan, rows);
    },
    close: async () => {
      await pipeline.destroy();
      await gpu.destroy();
    },
  };
}

/** gpu.js types a kernel by its function, which is a string here. */
const call = (kernel: IKernelRunShortcut | undefined, values: readonly IPipelineHandle[]): IPipelineHandle =>
  (kernel as unknown as (...values: IPipelineHandle[]) => IPipelineHandle)(...values);

/** gpu.js takes typed arrays, which its types do not say. */
const arrayOf = (library: GpuLibrary, data: Float32Array, size: [number] | [number, number]) =>
  new library.Input(data as unknown as number[], size);

const tableInput = (library: GpuLibrary, { data, width }: Table) =>
  arrayOf(library, data, width === undefined ? [data.length] : [width, data.length / width]);

const outputOf = ({ elements, blocks }: Step, rows: number): number[] =>
  blocks === 1 ? [rows, elements] : [rows, elements, blocks];

function resultsOf(
  [rows = [], ...others]: readonly Float32Array[][],
  { outputs, watched }: Plan,
  count: number,
): EngineRun {
  const output = new Float32Array(count * outputs);
  rows.forEach((row, at) => {
    output.set(row, at * outputs);
  });
  const [nonFinite, nearest] = watched.length > 0 ? others : [undefined, ...others];
  return {
    output,
    nonFinite: nonFinite?.[0],
    nearest: nearest?.[0]?.map((distance) => (distance >= greatestFinite.float32 ? Infinity : distance)),
  };
}
