// What a part of a box comes to.
import type { LinearBound } from './backward.js';
import type { Bounds } from './intervals.js';
import { middleOf } from './region.js';
import type { Rejection } from './verdicts.js';

export const isProved = (rows: readonly LinearBound[]): boolean => rows.some((row) => row.bound > 0);

export const greatest = (rows: readonly LinearBound[]): number =>
  rows.reduce((most, { bound: own }) => Math.max(most, own), -Infinity);

export const notPositive = (box: Bounds, least: number, detail: string): Rejection => ({
  reason: 'not-positive',
  detail,
  bound: least,
  point: middleOf(box),
});

export const uncovered = (box: Bounds): Rejection => ({
  reason: 'uncovered',
  detail: 'nothing is claimed of a part of the box',
  point: middleOf(box),
});
