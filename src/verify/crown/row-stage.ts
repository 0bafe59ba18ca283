// What bounds rows of one value with choices raised: its programs, and the ascent of some rows.
import type { Deadline } from '../../base/deadline.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import { staticSize } from '../../program/dims.js';
import type { Feeds, Runtime, Session, Shared } from '../../program/session.js';
import { reachable, type Value } from '../../program/value.js';
import type { Frame } from './backward.js';
import type { Bounds } from './bounds.js';
import { adamRates, buildAscent, buildBound } from './choices.js';
import { createStage } from './stage.js';

/** `forward`: vectors from the feeds of a box. `step`: one for rows, which have `width` choices each. */
export type RowStage = {
  readonly forward: Session;
  readonly step: Session;
  readonly width: number;
  /** Bytes of the greatest array of one row. */
  readonly arrayBytes: number;
};

/** Bounds of rows by float64 programs, which round next to nothing, for moves that float32 programs have found. */
export type ExactStage = Pick<RowStage, 'forward' | 'width'> & { readonly bound: Session };

/** @param frame of float64 programs */
export async function openExactStage(frame: Frame, name: string, runtime: Runtime): Promise<ExactStage> {
  const { p } = frame;
  const { bound, width } = buildBound(frame, name);
  const stage = createStage(p, bound, new Set(reachable([bound]).filter(isOfRows)), new Map());
  const [forward, session] = await Promise.all([
    compile(p, stage.vectors, runtime, opening),
    compile(p, { bound: stage.result }, runtime, { ...opening, memory: 'returned' }),
  ]);
  return { forward, bound: session, width };
}

/** ONNX Runtime takes longer to optimise these programs, of thousands of nodes each, than that saves. */
const opening = { optimization: 'disabled' } as const;

export async function openRowStage(frame: Frame, name: string, runtime: Runtime): Promise<RowStage> {
  const { p } = frame;
  const { bound, next, width } = buildAscent(frame, name);
  const own = new Set(reachable([next.moves, bound]).filter(isOfRows));
  const known = new Map<Value, Value>();
  const stages = [createStage(p, next.moves, own, known), createStage(p, bound, own, known)];
  const vectors = Object.assign({}, ...stages.map((stage) => stage.vectors)) as Record<string, Value>;
  const map = (value: Value) => p.rebuild(reachable([value]), known)(value);
  const step: Record<string, Value> =
    width === 0
      ? { bound: map(bound) }
      : {
          bound: map(bound),
          nextMoves: map(next.moves),
          nextFirst: map(next.first),
          nextSecond: map(next.second),
        };
  const arrays = reachable([next.moves, bound]).filter(({ shape }) => shape[0] === 'batch');
  return {
    width,
    arrayBytes: Math.max(...arrays.map(({ shape }) => 4 * staticSize(shape.slice(1)))),
    forward: await compile(p, vectors, runtime, opening),
    step: await compile(p, step, runtime, { ...opening, memory: 'returned' }),
  };
}

const rowInputs = new Set(['start', 'moves', 'first', 'second', 'rates']);
const isOfRows = ({ primitive, attributes }: Value): boolean =>
  primitive === 'input' && rowInputs.has(String(attributes.name));

/** A value's own interval bounds from the feeds of a box. */
export function openInterval({ p, bounded }: Frame, name: string, runtime: Runtime): Promise<Session> {
  const { lower, upper } = bounded.bounds(name);
  return compile(p, { least: lower, most: upper }, runtime, opening);
}

export async function intervalBounds(session: Session, feeds: Feeds): Promise<Bounds> {
  const { least, most } = await session.run(feeds);
  const copy = (tensor: Tensor | undefined) => Float32Array.from((tensor?.data ?? []) as Float32Array);
  return { lower: copy(least), upper: copy(most) };
}

/** Length of the first step where there are many. */
const usualLength = 0.1;

export type AscentOptions = {
  /** 1: only the relaxations' own choices. */
  readonly steps: number;
  /** Of the first step, in the unit of each choice; it falls to a tenth. Few steps have to be long ones. */
  readonly firstLength?: number;
  readonly deadline: Deadline;
  /** By row. Where all rows are greater, the ascent ends. */
  readonly enough?: readonly number[];
};

/** The greatest bound of each row in all steps. The deadline is looked at between steps. */
export const ascend = async (...given: Parameters<typeof ascendTo>): Promise<Float32Array> =>
  (await ascendTo(...given)).best;

/** With the moves that give them, [rows, width]. */
export async function ascendTo(
  { step, width }: RowStage,
  shared: Shared,
  start: Tensor<'float32'>,
  { steps, firstLength = usualLength, deadline, enough }: AscentOptions,
): Promise<{ readonly best: Float32Array; readonly moves: Tensor<'float32'> }> {
  const count = start.shape[0] ?? 0;
  const best = new Float32Array(count).fill(-Infinity);
  const none = () => float32(new Float32Array(count * width), [count, width]);
  const chosen = none();
  let state: Feeds = width === 0 ? {} : { moves: none(), first: none(), second: none() };
  for (let at = 0; at < (width === 0 ? 1 : steps) && !deadline.expired(); at++) {
    const length = firstLength * 0.1 ** (at / Math.max(steps, 1));
    const rates = float32(adamRates(length, at + 1));
    const { bound, nextMoves, nextFirst, nextSecond } = await step.run({ start, rates, ...state }, shared);
    const found = bound?.data as Float32Array;
    const moves = state.moves?.data as Float32Array | undefined;
    found.forEach((value, row) => {
      if (!(value > (best[row] ?? 0))) return;
      best[row] = value;
      if (moves !== undefined) chosen.data.set(moves.subarray(row * width, (row + 1) * width), row * width);
    });
    if (enough !== undefined && best.every((value, row) => value > (enough[row] ?? Infinity))) break;
    if (nextMoves && nextFirst && nextSecond)
      state = { moves: nextMoves, first: nextFirst, second: nextSecond };
  }
  return { best, moves: chosen };
}
