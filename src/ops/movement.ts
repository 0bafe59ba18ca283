// Operators that only move elements of their first input: exact on bounds, linear on the way back.

import { int64 } from '../base/tensor.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { type Interval, moved } from './interval.js';
import { linearRelaxation } from './linear.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  operand,
  type RelaxContext,
} from './operator.js';

/** Applied to the value, to either bound, or to coefficients on their way back. */
export type Move = (context: NodeContext, x: Value) => Value;
/** How many elements of the result one element of x is copied to, at most. */
export type Readers = (context: NodeContext, x: Value) => number;

const once: Readers = () => 1;

/** Bounds of what is moved; a move that leaves all in place keeps the affine form. */
export function movedInterval(context: IntervalContext, move: Move): Interval {
  const x = context.input(0);
  return move(context, x.lower) === x.lower ? x : moved(x, (bound) => move(context, bound));
}

/** The rules of an operator that is one move of its first input. */
export const movement = (type: string, move: Move, readers: Readers = once) => ({
  type,
  integers: true as const,
  lower: (context: LowerContext): Value => move(context, operand(context, 0)),
  interval: (context: IntervalContext): Interval => movedInterval(context, move),
  relax: (context: RelaxContext) => movedRelaxation(context, move, readers),
  tightens: 'nowhere' as const,
});

/** y = move(x), followed back. */
export const movedRelaxation = (context: RelaxContext, move: Move, readers: Readers = once) =>
  linearRelaxation(context, [
    { input: 0, linear: (z) => move(context, z), readers: readers(context, context.input(0).lower) },
  ]);

/** The elements at some places of one axis, in their order; a slice where they follow each other at equal distances. */
export function picked(p: Program, x: Value, axis: number, places: readonly number[]): Value {
  const [first = 0, second = first + 1] = places;
  const step = second - first;
  const last = places.at(-1) ?? -1;
  const regular = step > 0 && places.every((place, at) => place === first + at * step);
  return regular ? p.slice(x, axis, first, last + 1, step) : p.gather(x, p.constant(int64(places)), axis);
}

/** How often the most frequent of some places occurs. */
export function multiplicity(places: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts.values()].reduce((most, count) => Math.max(most, count), 1);
}

/** An axis from the front, from one that may count from the end. */
export function frontAxis(node: { readonly type: string }, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (front < 0 || front >= rank) throw new NotLowered(`${node.type} along axis ${axis} of ${rank}`);
  return front;
}

/** 0, 1, ... below `length`. */
export const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
