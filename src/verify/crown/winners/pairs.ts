// Two contests that bounds leave open, of which one at least is decided: where a sum of both differences, with positive weights, is positive
// everywhere, one of them is. What makes one of two neighbours small rarely makes the other small as well.
import { inLanes } from '../../../base/lanes.js';
import type { Tensor } from '../../../base/tensor.js';
import { hull, type Window } from '../windows/window.js';
import { type Contest, differences, isDecided, leastOf } from './contests.js';
import { lengths, type Trial, windowOf } from './round.js';

/** At every point of the box the leader of one of these wins. */
export type Pair = readonly [Contest, Contest];

/** Contests that are paired, at most, the nearest ones. */
const mostContests = 40;
/** Places between neighbours, at most: farther ones depend on too much together. */
const farthest = 2;

/** @returns pairs of which no contest is in two, as soon as they are as many as wanted */
export async function findPairs(trial: Trial, steps: number, wanted: number): Promise<Pair[]> {
  const found: Pair[] = [];
  const isFree = (contest: Contest) => !found.some((pair) => pair.includes(contest));
  const isWanted = (pair: Pair) => found.length < wanted && pair.every(isFree);
  const consider = async (pair: Pair) => {
    // Asked again: another lane may have found one meanwhile.
    if (isWanted(pair) && (await holdsOfOne(trial, pair, steps)) && isWanted(pair)) found.push(pair);
  };
  await inLanes(trial.lanes, neighbours(trial), consider, trial.deadline.expired);
  return found;
}

/** The nearest pairs first. */
function neighbours({ contests, winners, head, placesOf }: Trial): Pair[] {
  const places = placesOf(head.output.name);
  const near = contests
    .filter((contest) => !isDecided(contest, winners.needed) && undecided(contest, winners.needed) === 1)
    .sort((a, b) => leastOf(b) - leastOf(a))
    .slice(0, mostContests)
    .map((contest) => ({ contest, window: windowOf(contest, places) }));
  const pairs = near.flatMap((one, at) =>
    near
      .slice(at + 1)
      .flatMap((other) =>
        distance(one.window, other.window) <= farthest ? [[one.contest, other.contest] as const] : [],
      ),
  );
  return pairs.sort((a, b) => sumOf(b) - sumOf(a));
}

const undecided = ({ least }: Contest, needed: number): number =>
  least.reduce((count, bound) => count + (bound > needed ? 0 : 1), 0);

const sumOf = ([one, other]: Pair): number => leastOf(one) + leastOf(other);

const distance = (one: Window, other: Window): number =>
  one.reduce((sum, { from }, axis) => sum + Math.abs(from - (other[axis]?.from ?? 0)), 0);

async function holdsOfOne(
  { head, winners, around, placesOf, deadline }: Trial,
  pair: Pair,
  steps: number,
): Promise<boolean> {
  const places = placesOf(head.output.name);
  const [one, other] = pair.map((contest) => windowOf(contest, places)) as [Window, Window];
  const window = hull(one, other);
  const part = places.at(window);
  if (part === undefined) return false;
  const open = pair.map((contest) => ofUndecided(contest, winners.needed));
  const { row, weights } = weighted(differences(open, head.output.shape.map(Number), window), open);
  const needed = weights * winners.needed * (1 + 2 ** -20);
  const effort = { steps, firstLength: lengths.contests, deadline, enough: [needed] };
  const [least = -Infinity] = await places.raise(part, around, row, effort);
  return least > needed;
}

/** A contest as one with that other alone which bounds leave open. */
function ofUndecided(contest: Contest, needed: number): Contest {
  const at = contest.least.findIndex((bound) => !(bound > needed));
  return { ...contest, others: contest.others.slice(at, at + 1), least: contest.least.slice(at, at + 1) };
}

/** Each difference by its size in the middle of the box, so that both count alike. */
function weighted({ data, shape: [count = 0, size = 0] }: Tensor<'float32'>, open: readonly Contest[]) {
  const factors = open.map(({ margin }) => Math.fround(1 / Math.max(margin, 2 ** -20)));
  const sum = new Float32Array(size);
  for (let row = 0; row < count; row++)
    for (let at = 0; at < size; at++)
      sum[at] = (sum[at] ?? 0) + (factors[row] ?? 0) * (data[row * size + at] ?? 0);
  const row: Tensor<'float32'> = { dtype: 'float32', shape: [1, size], data: sum };
  return { row, weights: factors.reduce((total, factor) => total + factor, 0) };
}
