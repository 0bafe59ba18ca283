// Bounds of outputs that depend on which scores win, such as how many pixels of an image are classified as they should be: each contest is
// decided by itself, with the choices of all relaxations that it depends on raised for it, and the output follows from those that are.
import { roundDown } from '../../../base/float32-rounding.js';
import type { Tensor } from '../../../base/tensor.js';
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Feeds, Runtime } from '../../../program/session.js';
import type { Bounds } from '../bounds.js';
import { type Box, feedsOfBox } from '../box.js';
import type { Target } from '../plan.js';
import { feedsOfBounds, openFrame } from '../programs.js';
import { intervalBounds, openInterval } from '../row-stage.js';
import type { Contest } from './contests.js';
import { type JudgeOptions, type Judging, openJudge } from './judge.js';
import type { Pair } from './pairs.js';
import type { WinnerEffort } from './round.js';
import { winnersOf } from './winners.js';

export type WinnerOptions = JudgeOptions & {
  /** One after the other, each for what the one before left open. */
  readonly rounds: readonly WinnerEffort[];
  /** Steps for pairs of what the rounds leave open; left out: none. */
  readonly pairSteps?: number;
  /** Told how many winners are certain, of how many, after every round. */
  readonly onRound?: (certain: number, all: number) => void;
  /** Told of how many pairs one at least is certain. */
  readonly onPairs?: (count: number) => void;
};

/** Outputs are bounded for every choice of one of each pair. */
const mostPairs = 4;

/** Given a box, combinations [n, outputs] and what each must be greater than: lower bounds [n] of them. */
export type BoundWinners = (
  box: Box,
  coefficients: Tensor<'float32'>,
  enough: Float64Array,
) => Promise<{ readonly least: Float32Array }>;

/**
 * @returns undefined where the model names no winners whose scores depend on small parts of images
 * @throws Unbounded where the output has no bounds
 */
export function openWinners(
  batched: TypedModel,
  runtime: Runtime,
  options: WinnerOptions,
): BoundWinners | undefined {
  const model = instanceOf(batched);
  const { arithmetic, deadline } = options;
  const judges = winnersOf(model, arithmetic).flatMap(
    (winners) => openJudge(model, winners, runtime, options) ?? [],
  );
  if (judges.length === 0) return undefined;
  const targets = judges.map(
    ({ winners }): Target => ({ name: winners.name, kinkOnly: false, plain: false, affine: false }),
  );
  const { frame } = openFrame(model, targets, { arithmetic });
  const tail = openInterval(frame, model.output.name, runtime);
  const outputs = async (box: Feeds, judgings: readonly Judging[]): Promise<Bounds> => {
    let feeds = box;
    for (const [at, target] of targets.entries()) {
      const bounds = judgings[at]?.bounds;
      if (bounds === undefined) continue;
      feeds = { ...feeds, ...feedsOfBounds(model, targets, target, copyOf(bounds)) };
    }
    return intervalBounds(await tail, feeds);
  };
  return async (box, coefficients, enough) => {
    const feeds = feedsOfBox(box, model);
    const judgings: Judging[] = [];
    for (const judge of judges) judgings.push(await judge.begin(box));
    let least = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
    const isEnough = async () => {
      least = rowsOver(await outputs(feeds, judgings), coefficients);
      return least.every((bound, row) => bound > (enough[row] ?? Infinity));
    };
    let done = await isEnough();
    for (const effort of options.rounds) {
      for (const judging of judgings) done ||= await judging.round(effort, isEnough);
      options.onRound?.(...certain(judgings));
      if (done || deadline.expired()) break;
    }
    const { pairSteps, onPairs } = options;
    const [judging, ...others] = judgings;
    if (done || pairSteps === undefined || judging === undefined || others.length > 0) return { least };
    const pairs = await judging.pairs(pairSteps, mostPairs);
    onPairs?.(pairs.length);
    let inAll = new Float32Array(least.length).fill(Infinity);
    for (const bounds of casesOf(judging.bounds, pairs)) {
      const inOne = rowsOver(await outputs(feeds, [{ ...judging, bounds }]), coefficients);
      inAll = inAll.map((bound, row) => Math.min(bound, inOne[row] ?? -Infinity));
    }
    return { least: least.map((bound, row) => Math.max(bound, inAll[row] ?? -Infinity)) };
  };
}

/** A session may take the arrays. */
const copyOf = ({ lower, upper }: Bounds): Bounds => ({ lower: lower.slice(), upper: upper.slice() });

/** Bounds of the winners for every choice of one of each pair: one of them holds wherever the point is. */
function casesOf(bounds: Bounds, pairs: readonly Pair[]): Bounds[] {
  return pairs.reduce<Bounds[]>(
    (cases, pair) => cases.flatMap((known) => pair.map((contest) => decided(known, contest))),
    [bounds],
  );
}

function decided({ lower, upper }: Bounds, { element, leader }: Contest): Bounds {
  return { lower: lower.with(element, leader), upper: upper.with(element, leader) };
}

function certain(judgings: readonly Judging[]): [certain: number, all: number] {
  const counts = judgings.map(
    ({ bounds }) => bounds.lower.filter((low, at) => low === bounds.upper[at]).length,
  );
  const sizes = judgings.map(({ bounds }) => bounds.lower.length);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return [sum(counts), sum(sizes)];
}

/** Least values of rows over a box of outputs. Products of two float32 numbers are exact in float64, so that only sums round. */
function rowsOver({ lower, upper }: Bounds, { data, shape: [count = 0, width = 0] }: Tensor<'float32'>) {
  return Float32Array.from({ length: count }, (_, row) => {
    let [total, magnitude] = [0, 0];
    for (let at = 0; at < width; at++) {
      const coefficient = data[row * width + at] ?? 0;
      if (coefficient === 0) continue;
      const term = coefficient * ((coefficient > 0 ? lower[at] : upper[at]) ?? Number.NaN);
      total += term;
      magnitude += Math.abs(term);
    }
    const least = total - magnitude * width * 2 ** -52;
    return Number.isFinite(least) ? roundDown(least) : -Infinity;
  });
}
