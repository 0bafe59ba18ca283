// Surprise coverage (Kim et al., arXiv 1808.08444, section 3): how unlike the data an input is for the network, as one number; the
// range of that number is cut into buckets, and an input is new when it falls into one that none fell into before (section 3.5).
// What the number is, each kind of surprise says for itself. Dear: candidates only.
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, type MeasurableState, rowsIn, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import type { Start } from './criterion.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';
import { evenly, type References, referencesOf, type Trace, type Traced, tracesOf } from './traces.js';

export const surpriseOptions = {
  buckets: { default: 100, least: 1, greatest: 100_000, integer: true, meaning: 'buckets of surprise' },
  upper: {
    default: undefined,
    least: 0,
    greatest: 1e30,
    integer: false,
    meaning: 'greatest surprise that counts; default: twice the greatest of the data and of mutants',
  },
  references: {
    default: 1000,
    least: 1,
    greatest: 100_000,
    integer: true,
    meaning: 'rows of the data to compare with, at most',
  },
  neurons: {
    default: 256,
    least: 1,
    greatest: 4096,
    integer: true,
    meaning: 'neurons of the layer, those that vary most',
  },
} satisfies OptionRules;

export type SurpriseKind = {
  readonly name: string;
  /** float32 [batch, 1]. @param input of the criterion's own, by its short name */
  encode(
    p: Program,
    traced: Traced,
    input: (name: string, shape: readonly (number | string)[]) => Value,
  ): Value;
  fit(references: References): Fitted;
};

export type Fitted = {
  /** By short name. */
  readonly feeds: Feeds;
  /** @param except position of a reference that is left out */
  surprise(trace: Trace, except?: number): number;
};

export function surpriseCriterion(
  kind: SurpriseKind,
  given: Given<typeof surpriseOptions>,
): CalibratedCriterion {
  const options = withDefaults(given, surpriseOptions);
  const { buckets, references: mostRows, neurons: mostNeurons } = options;
  const name = nameOf(kind.name, given, surpriseOptions);
  const surpriseOf = (p: Program, traced: Traced): Value =>
    p.reshape(
      kind.encode(p, traced, (input, shape) => p.input(`${name}:${input}`, 'float32', shape)),
      [traced.rows],
    );
  return withSeeds({
    name,
    profile(p, encoding) {
      const traced = tracesOf(p, encoding, name, mostNeurons);
      if (traced === undefined) return undefined;
      const strange = p.mul(p.reshape(p.reduceSum(traced.profile, [1]), [traced.rows]), 0);
      const novelty = noveltyOf(p, surpriseOf(p, traced), name, buckets);
      return { novelty: p.add(novelty, strange), profile: traced.profile };
    },
    score(p, encoding) {
      const traced = tracesOf(p, encoding, name, mostNeurons);
      return traced && surpriseOf(p, traced);
    },
    calibrate(start) {
      const references = referencesOf(start, mostRows, mostNeurons);
      return createState(name, start, references, kind.fit(references), options);
    },
  });
}

/** 1 where the bucket is uncovered: [batch]. */
function noveltyOf(p: Program, surprise: Value, name: string, buckets: number): Value {
  const [from, perUnit] = [
    p.input(`${name}:from`, 'float32', []),
    p.input(`${name}:per-unit`, 'float32', []),
  ];
  const bucket = p.sub(p.ceil(p.mul(p.sub(surprise, from), perUnit)), 1);
  const inRange = p.and(p.greaterOrEqual(bucket, 0), p.less(bucket, buckets));
  // One place behind all buckets stands for no bucket.
  const place = p.cast(p.where(inRange, bucket, buckets), 'int64');
  return p.gather(p.input(`${name}:uncovered`, 'float32', [buckets + 1]), place, 0);
}

/** How many of the data and of the mutants the range of surprise is taken from. */
const sampled = 200;

function createState(
  name: string,
  start: Start,
  references: References,
  fitted: Fitted,
  { buckets, upper }: { readonly buckets: number; readonly upper: number | undefined },
): MeasurableState {
  const usual = usualSurprise(start, references, fitted);
  const from = Math.fround(Math.min(0, ...usual));
  const perUnit = Math.fround(buckets / ((upper ?? from + 2 * (Math.max(0, ...usual) - from)) - from));
  // Without a range nothing falls into a bucket.
  const scale = Number.isFinite(perUnit) ? perUnit : 0;
  const bucketOf = (surprise: number): number[] => {
    const bucket = Math.ceil((surprise - from) * scale) - 1;
    return bucket >= 0 && bucket < buckets ? [bucket] : [];
  };
  const prefixed = (feeds: Feeds): Feeds =>
    Object.fromEntries(Object.entries(feeds).map(([key, value]) => [`${name}:${key}`, value]));
  const table = { ...prefixed(fitted.feeds), ...references.feeds(name) };
  const range = prefixed({ from: float32([from], []), 'per-unit': float32([scale], []) });
  const state = cellState({
    name,
    count: buckets,
    noun: 'buckets of surprise',
    cellsOf(profile, into) {
      const trace = references.trace(profile);
      const cells = trace === undefined ? [] : bucketOf(fitted.surprise(trace));
      into.set(cells);
      return cells.length;
    },
    cellsOfScore: bucketOf,
    feeds(uncovered) {
      const map = new Float32Array(buckets + 1);
      map.set(uncovered);
      return { ...range, ...prefixed({ uncovered: float32(map) }) };
    },
  });
  // References never change.
  return { ...state, snapshot: () => ({ ...state.snapshot(), table }) };
}

/** Surprise of some of the data, each compared with the others, and of some mutants. */
function usualSurprise({ mutants, width }: Start, references: References, fitted: Fitted): number[] {
  const { rows, classes, chosen } = references;
  const own = evenly([...classes.keys()], sampled).map((at) =>
    fitted.surprise({ values: rows.subarray(at * chosen, (at + 1) * chosen), class: classes[at] ?? 0 }, at),
  );
  const others = evenly(rowsIn(mutants, width), sampled).flatMap((row) => references.trace(row) ?? []);
  return [...own, ...others.map((trace) => fitted.surprise(trace))].filter(isUsual);
}

/** What has nothing to be compared with is as surprising as can be, and says nothing about the range. */
const isUsual = (surprise: number): boolean => surprise < nothingAlike;

/** Surprise where there is nothing to compare with, at least. */
export const nothingAlike = 1e29;
