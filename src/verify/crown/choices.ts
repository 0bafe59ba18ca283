// Bounds of many rows, each with choices of its own in every relaxation (Xu et al., arXiv 2011.13824, for all operators that leave a
// choice), and one step of Adam (Kingma and Ba, arXiv 1412.6980) that raises them.
import { float32 } from '../../base/tensor.js';
import type { Choose, Range } from '../../ops/operator.js';
import { staticSize } from '../../program/dims.js';
import { grad } from '../../program/grad.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { mapper } from '../../program/vmap.js';
import { type Frame, newLedger, propagate } from './backward.js';

/**
 * Inputs besides those of the frame: `start` [batch, target], coefficients of the target; `moves`, `first`, `second` [batch, width]: how far
 * every choice is from the relaxation's own, in its unit, and Adam's moments; `rates` [2] (see `adamRates`). Any move is sound.
 */
export type Ascent = {
  /** [batch]: lower bounds of start . target. */
  readonly bound: Value;
  /** The inputs of the next step, [batch, width] each. */
  readonly next: Readonly<Record<'moves' | 'first' | 'second', Value>>;
  /** Choices of one row; 0: there is nothing to raise. */
  readonly width: number;
};

/** @throws Unbounded where the target has no bounds; ProgramError where a node cannot be run on many rows at once */
export function buildAscent(frame: Frame, target: string): Ascent {
  const { p } = frame;
  const { bound, moves, parts, limits, width } = buildBound(frame, target);
  if (width === 0) return { bound, next: { moves, first: moves, second: moves }, width };
  const gradients = grad(p, bound, [...parts.values()]);
  const gradient = p.concat(
    gradients.map((part) => p.mergeInto(part, 1)),
    1,
  );
  const next = adamStep(p, moves, gradient);
  return { bound, next: { ...next, moves: limited(p, next.moves, limits) }, width };
}

/** The bound alone, of the frame's dtype. Inputs besides those of the frame: `start` and `moves`, float32. */
export function buildBound(frame: Frame, target: string) {
  const { p, bounded } = frame;
  const { dtype } = frame.rounding;
  const { shape } = bounded.bounds(target).lower;
  const size = staticSize(shape);
  const row = p.input('one/start', dtype, [size]);
  const choices = new Set<Value>();
  const limits: Limits[] = [];
  const chooserOf =
    (name: string): Choose =>
    (key, initial, unit, range) => {
      const move = p.input(`one/${name}/${key}`, dtype, initial.shape);
      if (!choices.has(move)) limits.push(limitsOf(p, initial, unit, range));
      choices.add(move);
      return p.add(initial, p.mul(move, unit));
    };
  const start = new Map([[target, p.reshape(row, [1, ...shape])]]);
  const one = propagate({ ...frame, chooserOf }, start, newLedger(frame));
  const width = [...choices].reduce((sum, choice) => sum + staticSize(choice.shape), 0);
  const moves = p.input('moves', 'float32', ['batch', width]);
  const parts = split(p, p.cast(moves, dtype), [...choices]);
  const given = p.cast(p.input('start', 'float32', ['batch', size]), dtype);
  const bound = p.reshape(mapper(p, new Map([[row, given], ...parts]))(one).value, ['batch']);
  return { bound, moves, parts, limits, width };
}

/** What a move may be at least and at most, flat. */
type Limits = { readonly least: Value; readonly most: Value };

/** Beyond it derivatives are 0, and a move would never come back. */
const greatestMove = 2 ** 60;

function limitsOf(p: Program, initial: Value, unit: Value | number, range: Range | undefined): Limits {
  const size = staticSize(initial.shape);
  const flat = (value: Value) => p.reshape(p.expandLike(value, initial), [size]);
  if (range === undefined)
    return {
      least: p.cast(p.constant(filled(size, -greatestMove)), initial.dtype),
      most: p.cast(p.constant(filled(size, greatestMove)), initial.dtype),
    };
  const length = typeof unit === 'number' ? p.scalar(initial.dtype, unit) : unit;
  const safe = p.where(p.greater(length, 0), length, 1);
  const [least, most] = range.map((end) => p.div(p.sub(end, initial), safe));
  const known = (move: Value | undefined, otherwise: number) =>
    move === undefined
      ? p.scalar(initial.dtype, otherwise)
      : p.where(p.lessOrEqual(p.abs(move), greatestMove), move, otherwise);
  return {
    least: flat(p.min(known(least, -greatestMove), 0)),
    most: flat(p.max(known(most, greatestMove), 0)),
  };
}

const filled = (size: number, value: number) => float32(new Float32Array(size).fill(value));

const limited = (p: Program, moves: Value, limits: readonly Limits[]): Value => {
  const all = (side: keyof Limits) =>
    p.reshape(
      p.concat(
        limits.map((each) => each[side]),
        0,
      ),
      [1, Number(moves.shape[1])],
    );
  return p.min(p.max(moves, all('least')), all('most'));
};

/** The part of `moves` that belongs to each choice, [batch, ...choice]. */
function split(p: Program, moves: Value, choices: readonly Value[]): Map<Value, Value> {
  let from = 0;
  return new Map(
    choices.map((choice) => {
      const to = from + staticSize(choice.shape);
      const part = p.reshape(p.slice(moves, 1, from, to), ['batch', ...choice.shape]);
      from = to;
      return [choice, part];
    }),
  );
}

const [firstDecay, secondDecay] = [0.9, 0.99];

/** Uphill. A derivative that is NaN, where a branch that is not taken divides by zero, counts as 0. */
function adamStep(p: Program, moves: Value, gradient: Value): Ascent['next'] {
  const [before, squares] = [
    p.input('first', 'float32', moves.shape),
    p.input('second', 'float32', moves.shape),
  ];
  const known = p.where(p.lessOrEqual(p.abs(gradient), 2 ** 60), gradient, 0);
  const first = p.add(p.mul(before, firstDecay), p.mul(known, 1 - firstDecay));
  const second = p.add(p.mul(squares, secondDecay), p.mul(p.mul(known, known), 1 - secondDecay));
  const rates = p.input('rates', 'float32', [2]);
  const rate = (at: number) => p.slice(rates, 0, at, at + 1);
  const spread = p.add(p.mul(p.sqrt(second), rate(1)), 1e-12);
  return { moves: p.add(moves, p.div(p.mul(first, rate(0)), spread)), first, second };
}

/** Of step 1, 2, ...: its length, corrected for the bias of the first moment, and the correction of the root of the second. */
export const adamRates = (length: number, step: number): Float32Array<ArrayBuffer> =>
  Float32Array.of(length / (1 - firstDecay ** step), 1 / Math.sqrt(1 - secondDecay ** step));
