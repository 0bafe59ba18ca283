// CROWN of one box after the other: intermediate bounds of what is not known well enough, then bounds of what is asked for.
import { type Deadline, noDeadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import { float32, int64, rows, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Feeds, Runtime } from '../../program/session.js';
import { type Bounds, intersected } from './bounds.js';
import { planOf, type Target } from './plan.js';
import { createPrograms, type Programs } from './programs.js';

/** One box, [...input] of the model's instance. */
export type Box = { readonly lower: Tensor<'float32'>; readonly upper: Tensor<'float32'> };

export type CrownOptions = {
  readonly arithmetic: Deployment;
  /** Coefficients of one call take at most this: more rows are bounded in several calls. */
  readonly memoryBytes: number;
  readonly deadline?: Deadline;
};

export type Crown = {
  /** Bounds of every element of the output, never looser than interval bounds. */
  output(box: Box): Promise<Bounds>;
  /** Lower bounds [n] of combinations of outputs: `coefficients` [n, ...output]. */
  combinations(box: Box, coefficients: Tensor<'float32'>): Promise<Float32Array>;
};

/**
 * @param batched the model; its programs are those of one instance
 * @throws Unbounded where the output has no bounds
 */
export function openCrown(batched: TypedModel, runtime: Runtime, options: CrownOptions): Crown {
  const model = instanceOf(batched);
  const plan = planOf(model);
  const programs = createPrograms(model, plan, options.arithmetic, runtime);
  const rowsPerCall = Math.max(1, Math.floor(options.memoryBytes / (plan.bytesPerRow * runtime.workers)));
  const deadline = options.deadline ?? noDeadline;
  const target: Target = {
    name: model.output.name,
    size: sizeOf(model.output.shape.map(Number)),
    kinkOnly: false,
  };

  /** Feeds of a box: its bounds, and those of every value that was tightened so far. */
  const prepared = async (box: Box): Promise<Feeds> => {
    let feeds: Feeds = { lower: shaped(box.lower, model), upper: shaped(box.upper, model) };
    for (const next of programs.targets) {
      const bounds = await tightened(programs, next, feeds, rowsPerCall, deadline);
      feeds = { ...feeds, ...programs.feedsOf(next, bounds) };
    }
    return feeds;
  };
  return {
    output: async (box) => tightened(programs, target, await prepared(box), rowsPerCall, deadline),
    combinations: async (box, coefficients) => {
      const feeds = await prepared(box);
      const count = coefficients.shape[0] ?? 0;
      const result = new Float32Array(count);
      await inChunks(count, rowsPerCall, async (from, to) => {
        result.set(await programs.combinations(feeds, rows(coefficients, from, to)), from);
      });
      return result;
    },
  };
}

const shaped = ({ data }: Tensor<'float32'>, { input }: TypedModel) => float32(data, input.shape.map(Number));

/** Interval bounds, and backward bounds of the elements for which they can matter: their intersection. */
async function tightened(
  programs: Programs,
  target: Target,
  feeds: Feeds,
  rowsPerCall: number,
  deadline: Deadline,
): Promise<Bounds> {
  const bounds = await programs.intervals(target, feeds);
  const indices = open(bounds, target.kinkOnly);
  // Two rows per element.
  await inChunks(indices.length, Math.max(1, Math.floor(rowsPerCall / 2)), async (from, to) => {
    if (deadline.expired()) return;
    const chunk = indices.slice(from, to);
    const found = await programs.elements(target, feeds, int64(chunk));
    chunk.forEach((index, at) => {
      intersected(bounds, index, found[at], found[chunk.length + at]);
    });
  });
  return bounds;
}

/** Elements whose bounds can matter: those that may have both signs, or are not known exactly. */
const open = ({ lower, upper }: Bounds, kinkOnly: boolean): number[] =>
  Array.from(lower.keys()).filter((at) => {
    const [low, high] = [lower[at] ?? 0, upper[at] ?? 0];
    return kinkOnly ? low < 0 && high > 0 : low < high;
  });

async function inChunks(
  count: number,
  size: number,
  work: (from: number, to: number) => Promise<void>,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, at) => at * size);
  await Promise.all(starts.map((from) => work(from, Math.min(from + size, count))));
}
