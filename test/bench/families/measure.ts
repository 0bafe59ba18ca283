// One network: lowered and compared with its file, differentiated, bounded by intervals and backwards, attacked in the box.

import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { createRng } from '../../../src/base/rng.js';
import { float32, type Tensor, toNumbers } from '../../../src/base/tensor.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { loadModel } from '../../../src/onnx/load.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { runsBatched } from '../../../src/ops/runs-batched.js';
import { compile } from '../../../src/program/compile.js';
import { grad } from '../../../src/program/grad.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import type { Runtime } from '../../../src/program/session.js';
import { openCrown } from '../../../src/verify/crown/crown.js';
import { boundOutputs } from '../../../src/verify/output-bounds.js';
import { type BenchmarkNetwork, type Box, firstBox } from '../../helpers/benchmarks.js';

export type Measurement = {
  readonly operators: number;
  readonly nodes: number;
  /** Greatest difference between program and file, relative to the greatest output. */
  readonly difference: number;
  readonly ibp: Timed;
  readonly crown: Timed;
  /** Mean width of the output's bounds, of intervals and of CROWN. */
  readonly widths: readonly [number | null, number | null];
  /** Outputs of which CROWN's bounds are not inside the interval bounds. */
  readonly looser: number;
  readonly samples: number;
  readonly ascents: number;
  readonly escaped: number;
};

/** Seconds with sessions open and with compilation; peak resident memory of the process until then. */
export type Timed = { readonly seconds: number; readonly firstSeconds: number; readonly peakMiB: number };

const counts = { samples: 10_000, ascents: 100, steps: 10 };

export async function measure(
  { file, property }: BenchmarkNetwork,
  memoryBytes: number,
): Promise<Measurement> {
  const runtime = createInlineRuntime();
  const { model, bytes } = await loadModel(file);
  const typed = await discoverTypes(model, file, runtime);
  const box = firstBox(property, typed);
  const options = { arithmetic: 'deployed', memoryBytes } as const;
  const ibp = await timed(() => boundOutputs(typed, box, { method: 'ibp', ...options }, runtime));
  const opened = openCrown(typed, runtime, options);
  const crown = await timed(async () => {
    const { lower, upper } = await opened.output(box);
    return { lower: float32(lower), upper: float32(upper) };
  });
  const batch = runsBatched(typed) ? 'batch' : 1;
  const executable = await openExecutable(typed, bytes, runtime);
  const run = async (x: Tensor<'float32'>) => toNumbers(await executable.run(x));
  const rng = createRng(1, 'families');
  let escaped = 0;
  const check = async (x: Tensor<'float32'>) => {
    const [lower, upper] = [crown.result.lower.data, crown.result.upper.data];
    const size = lower.length;
    (await run(x)).forEach((value, at) => {
      const inside = value >= (lower[at % size] ?? Infinity) && value <= (upper[at % size] ?? -Infinity);
      if (!inside) escaped++;
    });
  };
  const perBatch = 500;
  for (let from = 0; from < counts.samples; from += perBatch)
    await check(sampled(box, perBatch, rng.uniform));
  const together = batch === 1 ? 1 : counts.ascents;
  let ascents = 0;
  for (let from = 0; from < counts.ascents; from += together) {
    const start = sampled(box, together, rng.uniform);
    const points = await ascend(typed, batch, box, start, rng.uniform, runtime);
    if (points.length > 0) ascents += together;
    for (const x of points) await check(x);
  }
  const few = sampled(box, batch === 1 ? 1 : 16, rng.uniform);
  return {
    operators: new Set(model.graph.nodes.map(({ type }) => type)).size,
    nodes: model.graph.nodes.length,
    difference: difference(await lowered(typed, batch, few, runtime), await run(few)),
    ibp: ibp.time,
    crown: crown.time,
    widths: [meanWidth(ibp.result), meanWidth(crown.result)],
    looser: looser(ibp.result, crown.result),
    samples: counts.samples,
    ascents,
    escaped,
  };
}

async function timed(work: () => Promise<Box>): Promise<{ result: Box; time: Timed }> {
  const seconds = async () => {
    const from = performance.now();
    const result = await work();
    return { result, seconds: (performance.now() - from) / 1000 };
  };
  const first = await seconds();
  const second = await seconds();
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  return { result: second.result, time: { seconds: second.seconds, firstSeconds: first.seconds, peakMiB } };
}

/** Corners in one of ten, else uniform: [count, ...features]. */
function sampled({ lower, upper }: Box, count: number, uniform: () => number): Tensor<'float32'> {
  const size = lower.data.length;
  const data = new Float32Array(count * size);
  for (let row = 0; row < count; row++) {
    const isCorner = uniform() < 0.1;
    for (let at = 0; at < size; at++) {
      const [low = 0, high = 0] = [lower.data[at], upper.data[at]];
      const share = isCorner ? Math.round(uniform()) : uniform();
      data[row * size + at] = Math.min(Math.max(low + (high - low) * share, low), high);
    }
  }
  return float32(data, [count, ...lower.shape.slice(1)]);
}

/** Rows of data as the model's programs take them: any number, or one by one. */
const rowsOf = ({ input }: TypedModel, batch: 'batch' | 1) => [batch, ...input.shape.slice(1)];

async function lowered(
  model: TypedModel,
  batch: 'batch' | 1,
  x: Tensor<'float32'>,
  runtime: Runtime,
): Promise<number[]> {
  const p = new Program();
  const { output } = lowerModel(p, model, p.input('x', 'float32', rowsOf(model, batch)));
  const { output: found } = await (await compile(p, { output }, runtime)).run({ x });
  return found === undefined ? [] : toNumbers(found);
}

/** Points after each sign-gradient step towards a random direction of the outputs: projected gradient ascent. */
async function ascend(
  model: TypedModel,
  batch: 'batch' | 1,
  { lower, upper }: Box,
  start: Tensor<'float32'>,
  uniform: () => number,
  runtime: Runtime,
): Promise<Tensor<'float32'>[]> {
  const p = new Program();
  const shape = rowsOf(model, batch);
  const x = p.input('x', 'float32', shape);
  const side = (name: string) => p.input(name, 'float32', [1, ...shape.slice(1)]);
  const [least, most] = [side('least'), side('most')];
  const output = p.cast(lowerModel(p, model, x).output, 'float32');
  const direction = p.input('direction', 'float32', output.shape);
  const [slope = x] = grad(p, p.mul(output, direction), [x]);
  const step = p.mul(p.mul(p.sub(most, least), 0.25), p.sign(slope));
  const next = p.min(p.max(p.add(x, step), least), most);
  const session = await compile(p, { next }, runtime);
  const width = output.shape.slice(1).reduce<number>((size, dim) => size * Number(dim), 1);
  const rows = start.shape[0] ?? 0;
  const signs = float32(
    Float32Array.from({ length: rows * width }, () => (uniform() < 0.5 ? -1 : 1)),
    [rows, ...output.shape.slice(1).map(Number)],
  );
  const points: Tensor<'float32'>[] = [];
  let at = start;
  for (let round = 0; round < counts.steps; round++) {
    const feeds = { x: at, least: lower, most: upper, direction: signs };
    at = (await session.run(feeds)).next as Tensor<'float32'>;
    points.push(at);
  }
  return points;
}

function difference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  return actual.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? 0)) / scale), 0);
}

/** null where an output is unbounded. */
function meanWidth({ lower, upper }: Box): number | null {
  const mean =
    lower.data.reduce((sum, low, at) => sum + ((upper.data[at] ?? 0) - low), 0) / lower.data.length;
  return Number.isFinite(mean) ? mean : null;
}

const looser = (ibp: Box, crown: Box): number =>
  ibp.lower.data.filter((low, at) => {
    const inside =
      (crown.lower.data[at] ?? -Infinity) >= low &&
      (crown.upper.data[at] ?? Infinity) <= (ibp.upper.data[at] ?? -Infinity);
    return !inside;
  }).length;
