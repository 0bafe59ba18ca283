// Bounds of a model's first output over boxes, by the method that is asked for.

import { type Deadline, noDeadline } from '../base/deadline.js';
import { inLanes, ranges } from '../base/lanes.js';
import { float32, rows, type Tensor } from '../base/tensor.js';
import { footprintOf } from '../graph/footprint.js';
import type { TypedModel } from '../graph/typed-model.js';
import { boundModel } from '../ops/bound-model.js';
import { createRounding, type Deployment } from '../ops/rounding.js';
import { compile } from '../program/compile.js';
import { Program } from '../program/program.js';
import type { Runtime } from '../program/session.js';
import { openCrown } from './crown/crown.js';
import type { Boxes } from './ibp.js';

/** Interval bound propagation, or backward linear bounds (CROWN). */
export type BoundMethod = 'ibp' | 'crown';

export type OutputBoundOptions = {
  readonly method: BoundMethod;
  readonly arithmetic: Deployment;
  /** Ceiling, for all threads together; an estimate, not a promise. */
  readonly memoryBytes: number;
  /** Boxes that are not done in time have infinite bounds. Default: none. */
  readonly deadline?: Deadline;
  /** Called with the number of boxes that are done. */
  onProgress?(boxes: number): void;
};

/** Bounds of some boxes, [n, ...output]. */
type Bounder = {
  readonly boxesPerCall: number;
  bound(boxes: Boxes): Promise<{ readonly lower: Float32Array; readonly upper: Float32Array }>;
};

/**
 * Bounds [n, ...output] over boxes [n, ...input]; -Infinity and Infinity, always both, where nothing is known: then the
 * deployed output may also be NaN.
 * @throws Unbounded where the output depends on a node without bound rule, which it names
 */
export async function boundOutputs(
  model: TypedModel,
  boxes: Boxes,
  options: OutputBoundOptions,
  runtime: Runtime,
): Promise<Boxes> {
  const { boxesPerCall, bound } = await bounders[options.method](model, options, runtime);
  const { deadline = noDeadline, onProgress } = options;
  const count = boxes.lower.shape[0] ?? 0;
  const results = unknownBounds(model, count);
  let done = 0;
  const boundSome = async ([from, to]: readonly [from: number, to: number]) => {
    const found = await bound({ lower: rows(boxes.lower, from, to), upper: rows(boxes.upper, from, to) });
    setKnown(results, from, found.lower, found.upper);
    done += to - from;
    onProgress?.(done);
  };
  // One call under way for each thread, and none waiting: Ctrl-C then ends the run after those.
  await inLanes(runtime.workers, ranges(count, boxesPerCall), boundSome, deadline.expired);
  return results;
}

type Open = (model: TypedModel, options: OutputBoundOptions, runtime: Runtime) => Promise<Bounder>;

const bounders: Readonly<Record<BoundMethod, Open>> = { ibp: openIntervals, crown: openLinear };

async function openLinear(
  model: TypedModel,
  options: OutputBoundOptions,
  runtime: Runtime,
): Promise<Bounder> {
  const { output } = openCrown(model, runtime, options);
  const none = { lower: new Float32Array(), upper: new Float32Array() };
  return {
    boxesPerCall: 1,
    // What time cuts short is looser than what is asked for: it does not count.
    bound: async (box) => {
      const bounds = await output(box);
      return options.deadline?.expired() ? none : bounds;
    },
  };
}

/** Boxes per call: small enough for the bounds of a layer to stay in the cache. */
const boxesPerBatch = 128;

async function openIntervals(
  model: TypedModel,
  { arithmetic, memoryBytes }: OutputBoundOptions,
  runtime: Runtime,
): Promise<Bounder> {
  const p = new Program();
  const { shape } = model.input;
  const input = { lower: p.input('lower', 'float32', shape), upper: p.input('upper', 'float32', shape) };
  const bounded = boundModel(p, model, input, createRounding('float32', arithmetic));
  const { lower, upper } = bounded.bounds(model.output.name);
  const session = await compile(p, { least: lower, most: upper }, runtime);
  const room = Math.floor(memoryBytes / runtime.workers / footprintOf(model).intervalBytes);
  return {
    boxesPerCall: model.batched ? Math.max(1, Math.min(boxesPerBatch, room)) : 1,
    bound: async (boxes) => {
      const { least, most } = await session.run({ lower: boxes.lower, upper: boxes.upper });
      return { lower: least?.data as Float32Array, upper: most?.data as Float32Array };
    },
  };
}

/** Nothing is known yet. */
export function unknownBounds({ output }: TypedModel, count: number): Boxes {
  const shape = [count, ...outputShape(output.shape)];
  const size = shape.reduce((product, dim) => product * dim, 1);
  const filled = (value: number): Tensor<'float32'> => float32(new Float32Array(size).fill(value), shape);
  return { lower: filled(-Infinity), upper: filled(Infinity) };
}

/** Shape of one output: `batch*4` leaves 4. */
const outputShape = (shape: readonly (number | string)[]): number[] => {
  const factor = String(shape[0] ?? 1).replace(/^batch\*?/, '');
  const leading = factor === '' || factor === '1' ? [] : [Number(factor)];
  return [...leading, ...shape.slice(1).map(Number)];
};

/** A bound without its other side says nothing: of a value that may be infinite or NaN neither is known. */
function setKnown(results: Boxes, firstBox: number, lower: Float32Array, upper: Float32Array): void {
  const at = (results.lower.data.length / (results.lower.shape[0] ?? 1)) * firstBox;
  for (let element = 0; element < lower.length; element++) {
    const [low = Number.NaN, high = Number.NaN] = [lower[element], upper[element]];
    if (!(Number.isFinite(low) && Number.isFinite(high))) continue;
    results.lower.data[at + element] = low;
    results.upper.data[at + element] = high;
  }
}
