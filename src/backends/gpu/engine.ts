// Runs a plan on batches of any size, cut into the few sizes that are compiled.
import { type CompiledPipeline, type Corpus, compilePipeline, type GpuLibrary } from './pipeline.js';
import { type Plan, sizeOfStep } from './plan.js';

/** gpu.js's names of its backends. */
export type GpuMode = 'webgpu' | 'webasm' | 'cpu';

export type EngineRun = {
  /** [rows, ...outputs] */
  readonly output: Float32Array;
  /** [rows]: 1 where some kernel's result was NaN or infinite; undefined where the plan is not watched. */
  readonly nonFinite: Float32Array | undefined;
  /** [rows]: squared distance to the nearest entry of the corpus; undefined where there is none. */
  readonly nearest: Float32Array | undefined;
};

export type Engine = {
  readonly mode: GpuMode;
  /** @param input [rows, features] */
  run(input: Float32Array, rows: number): Promise<EngineRun>;
  /** Entries [entries, outputs] that later runs are compared with; none for `entries` 0. */
  setCorpus(corpus: Float32Array, entries: number): void;
  close(): Promise<void>;
};

/** Rows per call: as few sizes as possible, because each is compiled, and steps of 8, because few are padded then. */
const batchSizes = [1, 8, 64, 256];
/** Numbers that the results of one call may take together. */
const greatestNumbers = 2 ** 25;
/** Compiled batch sizes that are kept: each has its own copy of the weights. */
const keptPipelines = 3;

/** @throws Error where gpu.js cannot run in this mode */
export async function openEngine(plan: Plan, mode: GpuMode): Promise<Engine> {
  const library = await loadLibrary();
  const compiled = new Map<string, CompiledPipeline>();
  let corpus: Corpus | undefined;
  const numbersPerRow = plan.steps.reduce((sum, step) => sum + sizeOfStep(step), plan.features);
  const greatest = Math.max(1, Math.floor(greatestNumbers / numbersPerRow));
  const pipelineFor = async (rows: number): Promise<CompiledPipeline> => {
    const key = `${rows} ${corpus?.capacity ?? 0}`;
    const found = compiled.get(key) ?? compilePipeline(library, plan, mode, rows, corpus?.capacity);
    // The order of the map is that of the last use.
    compiled.delete(key);
    compiled.set(key, found);
    const [oldest] = compiled;
    if (compiled.size > keptPipelines && oldest !== undefined) {
      compiled.delete(oldest[0]);
      await oldest[1].close();
    }
    return found;
  };
  return {
    mode,
    setCorpus: (data, entries) => {
      corpus = entries === 0 ? undefined : corpusOf(data, entries, plan.outputs);
    },
    run: async (input, rows) => {
      const results = emptyRun(plan, rows, corpus !== undefined);
      for (let from = 0; from < rows; ) {
        const size = chunkSize(rows - from, greatest);
        const count = Math.min(size, rows - from);
        const chunk = new Float32Array(size * plan.features);
        chunk.set(input.subarray(from * plan.features, (from + count) * plan.features));
        const part = await (await pipelineFor(size)).run(chunk, corpus);
        results.output.set(part.output.subarray(0, count * plan.outputs), from * plan.outputs);
        results.nonFinite?.set(part.nonFinite?.subarray(0, count) ?? [], from);
        results.nearest?.set(part.nearest?.subarray(0, count) ?? [], from);
        from += count;
      }
      return results;
    },
    close: async () => {
      await Promise.all([...compiled.values()].map((each) => each.close()));
      compiled.clear();
    },
  };
}

/** The library loads in 0.1 s, and only here. */
async function loadLibrary(): Promise<GpuLibrary> {
  const loaded = await import('gpu.js');
  return (loaded as { default?: GpuLibrary }).default ?? loaded;
}

/** The next power of two of entries: the corpus grows, and each capacity is compiled. */
function corpusOf(entries: Float32Array, count: number, outputs: number): Corpus {
  const capacity = 2 ** Math.max(6, Math.ceil(Math.log2(count)));
  const data = new Float32Array(capacity * outputs);
  data.set(entries.subarray(0, count * outputs));
  return { data, entries: count, capacity };
}

/** The smallest size that takes all rows, or the greatest one allowed. */
const chunkSize = (rows: number, greatest: number): number => {
  const allowed = batchSizes.filter((size) => size <= greatest);
  return allowed.find((size) => size >= rows) ?? allowed.at(-1) ?? 1;
};

const emptyRun = (plan: Plan, rows: number, measured: boolean): EngineRun => ({
  output: new Float32Array(rows * plan.outputs),
  nonFinite: plan.watched.length > 0 ? new Float32Array(rows) : undefined,
  nearest: measured ? new Float32Array(rows) : undefined,
});
