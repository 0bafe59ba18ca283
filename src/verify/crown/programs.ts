// The programs of backward bounds. Per value two of them, compiled on first use: forward from the box to the value's interval
// and to all vectors that the backward one needs, and backward for any number of rows.
import type { FloatDType } from '../../base/dtype.js';
import { roundDown, roundUp } from '../../base/float32-rounding.js';
import { float32 } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { type BoundedModel, boundModel } from '../../ops/bound-model.js';
import { createRounding, type Deployment } from '../../ops/rounding.js';
import type { Ball } from '../../policy/ball.js';
import { compile } from '../../program/compile.js';
import { type Dims, staticSize } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Feeds, Results, Runtime, Session, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import type { Frame } from './backward.js';
import type { Bounds } from './bounds.js';
import type { Plan, Target } from './plan.js';
import { boundCombinations, boundElements } from './rows.js';
import { createStage } from './stage.js';

export type Forward = { readonly bounds: Bounds; readonly vectors: Feeds };

export type Programs = {
  /** Interval bounds of a value from the box and what was found of earlier values, and vectors for `run`. */
  forward(stage: StageKey, feeds: Feeds): Promise<Forward>;
  /** Lower bounds for rows: [2 n] of the elements at `indices` [n] and their negatives, or of `coefficients` [n, outputs]. */
  backward(stage: StageKey, rows: Feeds, shared: Shared): Promise<Float32Array>;
  /** Bounds that have been found, under the names by which later programs read them. */
  feedsOf(target: Target, bounds: Bounds): Feeds;
  /** Interval bounds of the output from the box alone. */
  intervals(feeds: Feeds): Promise<Bounds>;
};

/** A hidden value by its place in the plan, all elements of the output, or combinations of them. */
export type StageKey = number | 'output' | 'combinations';

/** Each backward program would keep the coefficients of a call: beyond this they take hundreds of megabytes each. */
const greatestKeptBytesPerRow = 2 ** 17;

type Compiled = { readonly forward: Promise<Session>; readonly backward: Promise<Session> };

/** What is bounded, and by which numbers. */
export type FrameOptions = {
  readonly arithmetic: Deployment;
  /** Of the programs; their inputs and bounds are float32 in any case. */
  readonly dtype?: FloatDType | undefined;
  /** Only inputs in this ball around the center count. */
  readonly ball?: Ball | undefined;
};

/** @param model one instance */
export function createPrograms(
  model: TypedModel,
  { targets, bytesPerRow }: Plan,
  options: FrameOptions,
  runtime: Runtime,
): Programs {
  const { frame, box } = openFrame(model, targets, options);
  const { p } = frame;
  const known = new Map<Value, Value>();
  const memory = bytesPerRow > greatestKeptBytesPerRow ? 'returned' : 'kept';
  const compiled = new Map<StageKey, Compiled>();
  const stageOf = (key: StageKey): Compiled => {
    const found = compiled.get(key);
    if (found !== undefined) return found;
    // Vectors belong to the first stage that reads them, so stages are built in order.
    const before = typeof key === 'number' ? key : targets.length;
    if (before > 0) stageOf(before - 1);
    const name = typeof key === 'number' ? (targets[key]?.name ?? '') : model.output.name;
    const own = ownFrame(frame, name);
    const { rows, result } = key === 'combinations' ? ofCombinations(own, name) : ofElements(own, name);
    // Either of the last two may come first: they share no vectors with each other.
    const visible = typeof key === 'number' ? known : new Map(known);
    const stage = createStage(p, result, new Set([rows]), visible);
    const { lower, upper } = own.bounded.bounds(name);
    const outputs = { least: lower, most: upper, ...stage.vectors };
    const forward = Object.fromEntries(
      Object.entries(outputs).map(([output, value]) => [output, stage.readEarlier(value)]),
    );
    const made = {
      forward: compile(p, forward, runtime),
      backward: compile(p, { least: stage.result }, runtime, { memory }),
    };
    compiled.set(key, made);
    return made;
  };
  let plain: Promise<Session> | undefined;
  return {
    forward: async (key, feeds) => {
      const results = await (await stageOf(key).forward).run(feeds);
      const vectors = Object.entries(results).filter(([name]) => name !== 'least' && name !== 'most');
      const bounds = { lower: floats(results, 'least'), upper: floats(results, 'most') };
      return { bounds, vectors: Object.fromEntries(vectors) };
    },
    backward: async (key, rows, shared) =>
      floats(await (await stageOf(key).backward).run(rows, shared), 'least'),
    feedsOf: (target, bounds) => feedsOfBounds(model, targets, target, bounds),
    intervals: async (feeds) => {
      plain ??= compile(p, plainOutputs(p, model, box, frame), runtime);
      const results = await (await plain).run(feeds);
      return { lower: floats(results, 'least'), upper: floats(results, 'most') };
    },
  };
}

type BoxInputs = { readonly lower: Value; readonly upper: Value };

/** Bounds of every hidden value of the plan are inputs. */
export function openFrame(
  model: TypedModel,
  targets: readonly Target[],
  { arithmetic, dtype = 'float32', ball }: FrameOptions,
) {
  const p = new Program();
  const rounding = createRounding(dtype, arithmetic);
  const given = (name: string, shape: Dims) => p.cast(p.input(name, 'float32', shape), dtype);
  const pairOf = (key: string, shape: Dims): BoxInputs => ({
    lower: given(`lower${key}`, shape),
    upper: given(`upper${key}`, shape),
  });
  const box = pairOf('', model.input.shape);
  const known = targets.map(
    ({ name }, at) => [name, pairOf(`${at}`, model.types.get(name)?.shape ?? [])] as const,
  );
  const bounded = boundModel(p, model, box, rounding, new Map(known));
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  const input = model.input.name;
  const inBall = ball && { ...ball, input, center: given('center', model.input.shape) };
  const frame: Frame = { p, rounding, bounded, order, ball: inBall };
  return { frame, box };
}

/** Bounds of a target under the names by which programs of its frame read them; nothing of what is no target. */
export function feedsOfBounds(
  { types }: TypedModel,
  targets: readonly Target[],
  target: Target,
  { lower, upper }: Bounds,
): Feeds {
  const [at, shape] = [targets.indexOf(target), (types.get(target.name)?.shape ?? []).map(Number)];
  return at < 0 ? {} : { [`lower${at}`]: float32(lower, shape), [`upper${at}`]: float32(upper, shape) };
}

/** While a value is bounded, nothing is known of it but what its own rule says. */
export function ownFrame(frame: Frame, target: string): Frame {
  const { bounded } = frame;
  const bounds = (name: string) => (name === target ? bounded.ownBounds(name) : bounded.bounds(name));
  const own: BoundedModel = { ...bounded, bounds };
  return { ...frame, bounded: own };
}

function plainOutputs(p: Program, model: TypedModel, box: BoxInputs, { rounding }: Frame) {
  const { lower, upper } = boundModel(p, model, box, rounding).bounds(model.output.name);
  return { least: lower, most: upper };
}

type RowProgram = { readonly rows: Value; readonly result: Value };

function ofElements(frame: Frame, name: string): RowProgram {
  const rows = frame.p.input('indices', 'int64', ['rows']);
  return { rows, result: boundElements(frame, name, rows) };
}

function ofCombinations(frame: Frame, name: string): RowProgram {
  const { p, bounded, rounding } = frame;
  const { shape } = bounded.bounds(name).lower;
  const rows = p.input('coefficients', 'float32', ['rows', staticSize(shape)]);
  const start = p.reshape(p.cast(rows, rounding.dtype), ['rows', ...shape]);
  return { rows, result: boundCombinations(frame, name, start) };
}

/** Lower bounds of anything but 'most', as float32 that are no greater. */
function floats(results: Results, name: string): Float32Array {
  const data = results[name]?.data;
  if (data instanceof Float64Array) return Float32Array.from(data, name === 'most' ? roundUp : roundDown);
  if (!(data instanceof Float32Array)) throw new TypeError(`result "${name}" is not float32`);
  return data;
}
