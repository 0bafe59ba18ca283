// `marauder bounds`: what the outputs of a model can be around rows of data, or over a box of inputs.
import { createDeadline, type Deadline } from '../base/deadline.js';
import { float32, rows as rowsOf } from '../base/tensor.js';
import { Unbounded } from '../ops/operator.js';
import { runtimeVersion } from '../program/ort.js';
import type { Runtime } from '../program/session.js';
import { count } from '../report/words.js';
import type { Boxes } from '../verify/ibp.js';
import { boundOutputs, unknownBounds } from '../verify/output-bounds.js';
import { blame } from './bounds/blame.js';
import { type Boxed, boxesOf } from './bounds/region.js';
import { type BoundsResult, numbersOf, rowBounds, summaryOf } from './bounds/result.js';
import { boundsHeader, boundsText } from './bounds/text.js';
import { type OpenModel, openModel } from './check/models.js';
import { withPlace } from './check/runtime-failure.js';
import { interruptedExitCode } from './interrupt.js';
import type { BoundsOptions, Io } from './options.js';
import { createProgress, type Progress } from './progress.js';
import { createThreads } from './threads.js';
import { version } from './version.js';

type Run = {
  readonly options: BoundsOptions;
  readonly io: Io;
  readonly runtime: Runtime;
  readonly deadline: Deadline;
  readonly started: number;
};

/** 0 where every output has bounds, 1 where some has none. */
export async function runBounds(options: BoundsOptions, io: Io): Promise<number> {
  const started = io.clock();
  const runtime = createThreads(options.workers);
  const deadline = createDeadline(Infinity, io.clock, io.signal);
  try {
    const model = await openModel({ name: options.model, file: options.model }, runtime);
    const boxed = await boxesOf(options.region, model);
    if (!options.json) io.stdout.write(`${boundsHeader(model, io.style)}\n`);
    const result = await compute(model, boxed, { options, io, runtime, deadline, started });
    io.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : boundsText(result, io));
    if (result.interrupted) return interruptedExitCode;
    return result.summary.unbounded > 0 ? 1 : 0;
  } finally {
    await runtime.close();
  }
}

async function compute(model: OpenModel, boxed: Boxed, run: Run): Promise<BoundsResult> {
  const { options, io, runtime, started } = run;
  const { style, clock, signal, stdout } = io;
  const progress = createProgress(stdout, style, [{ name: model.file }], {
    clock,
    signal,
    live: !options.json,
  });
  progress.start(0);
  try {
    return await withPlace(model.file, async () => {
      progress.update(0, 'running the rows');
      const values = await valuesAtRows(model, boxed, run);
      const from = clock();
      const { bounds, unbounded } = await boundsOf(model, boxed, run, progress);
      const boundMs = clock() - from;
      const timing = { totalMs: clock() - started, boundMs, workers: runtime.workers };
      const summary = summaryOf(bounds);
      const rows = rowBounds(bounds, boxed, values);
      return {
        ...about(model, boxed, options),
        rows,
        summary,
        unbounded,
        interrupted: signal.aborted,
        timing,
      };
    });
  } finally {
    progress.stop();
  }
}

function about({ file, sha256, typed }: OpenModel, { data }: Boxed, options: BoundsOptions) {
  const { region, method, arithmetic } = options;
  return {
    schemaVersion: 1,
    tool: { name: 'marauder', version, onnxruntime: runtimeVersion() },
    model: { file, sha256 },
    data: data ?? null,
    linfEpsilon: region.kind === 'rows' ? region.linfEpsilon : null,
    range: region.kind === 'rows' ? (region.clip ?? null) : region.range,
    method,
    arithmetic,
    output: { name: typed.output.name, shape: typed.output.shape },
  } as const;
}

/** Rows per call of the deployed model, between which Ctrl-C is noticed. */
const rowsPerCall = 128;

async function valuesAtRows({ executable }: OpenModel, { around }: Boxed, { deadline }: Run) {
  const values: number[][] = [];
  const inputs = around?.rows.inputs ?? float32([], [0]);
  const total = inputs.shape[0] ?? 0;
  for (let from = 0; from < total && !deadline.expired(); from += rowsPerCall) {
    const result = await executable.run(rowsOf(inputs, from, Math.min(total, from + rowsPerCall)));
    values.push(numbersOf(result));
  }
  return Float64Array.from(values.flat());
}

async function boundsOf(
  { typed }: OpenModel,
  boxed: Boxed,
  { options, runtime, deadline }: Run,
  progress: Progress,
): Promise<{ bounds: Boxes; unbounded: string | null }> {
  const total = boxed.lower.shape[0] ?? 0;
  const { method, arithmetic, memoryBytes } = options;
  const onProgress = (boxes: number) => progress.update(0, `bounding: ${count(boxes)} of ${count(total)}`);
  onProgress(0);
  try {
    const settings = { method, arithmetic, memoryBytes, deadline, onProgress };
    const bounds = await boundOutputs(typed, boxed, settings, runtime);
    const row = firstUnbounded(bounds);
    const missing = row !== undefined && !deadline.expired();
    return { bounds, unbounded: missing ? await blame(typed, boxed, row, runtime) : null };
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    return { bounds: unknownBounds(typed, total), unbounded: error.message };
  }
}

/** The first box of which some output has no bounds. */
function firstUnbounded({ lower, upper }: Boxes): number | undefined {
  const size = lower.data.length / Math.max(lower.shape[0] ?? 0, 1);
  const at = lower.data.findIndex((low, i) => !Number.isFinite((upper.data[i] ?? Infinity) - low));
  return at < 0 ? undefined : Math.floor(at / size);
}
