// Which of the scores wins, as far as bounds of their differences say: contests of one value that names winners.
import { float32, type Tensor } from '../../../base/tensor.js';
import type { Window } from '../windows/window.js';
import { inWindow, sizeOfWindow } from './grouping.js';
import type { Winners } from './winners.js';

/** One element of the winners: its leader, where the scores are compared at one point, against all others. */
export type Contest = {
  readonly element: number;
  readonly leader: number;
  /** Elements of the scores: the leader's, and each other's. */
  readonly own: number;
  readonly others: readonly number[];
  /** By how much the leader's score exceeds that of every other at that point. */
  readonly margin: number;
  /** What is known from below of the difference to each other. */
  readonly least: Float32Array;
};

/** @param scores at a point of the box */
export const contestsOf = ({ candidates }: Winners, scores: Float32Array): Contest[] =>
  candidates.map((elements, element) => {
    const score = (at: number) => scores[elements[at] ?? 0] ?? Number.NaN;
    const leader = elements.reduce((best, _, at) => (score(at) > score(best) ? at : best), 0);
    const others = elements.filter((_, at) => at !== leader);
    const least = new Float32Array(others.length).fill(-Infinity);
    const own = elements[leader] ?? 0;
    const best = others.reduce((most, at) => Math.max(most, scores[at] ?? Number.NaN), -Infinity);
    const margin = score(leader) - best;
    return { element, leader, own, others, margin, least };
  });

/** Whether the leader wins. NaN says nothing. */
export const isDecided = ({ least }: Contest, needed: number): boolean =>
  least.every((bound) => bound > needed);

/** The least difference that bounds leave. */
export const leastOf = ({ least }: Contest): number =>
  least.reduce((worst, bound) => Math.min(worst, bound), Infinity);

/** Rows leader - other of contests in a window, [others of all, elements of the window]. @param shape of the scores */
export function differences(
  contests: readonly Contest[],
  shape: readonly number[],
  window: Window,
): Tensor<'float32'> {
  const size = sizeOfWindow(shape, window);
  const pairs = contests.flatMap(({ own, others }) => others.map((other) => [own, other] as const));
  const data = new Float32Array(pairs.length * size);
  pairs.forEach(([own, other], row) => {
    data[row * size + inWindow(own, shape, window)] = 1;
    data[row * size + inWindow(other, shape, window)] = -1;
  });
  return float32(data, [pairs.length, size]);
}

/** Takes what was found of the rows of `differences`. */
export function learn(contests: readonly Contest[], found: Float32Array): void {
  let row = 0;
  for (const { least } of contests)
    for (let at = 0; at < least.length; at++)
      least[at] = Math.max(least[at] ?? -Infinity, found[row++] ?? -Infinity);
}
