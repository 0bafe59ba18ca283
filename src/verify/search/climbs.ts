// How the points of a round climb: kinds, and which is whose turn. No kind finds all.
import { bestKnown, corner, face, nearBest, random, type Start } from './starts.js';

/** How points of a round climb. */
export type Climb = {
  readonly starts: readonly Start[];
  /** Of as many points each climb begins at the best. */
  readonly screened: number;
  readonly steps: number;
  /** Of the box's width, from the first step to the last, geometrically. */
  readonly sizes: readonly [number, number];
};

/** A quick look: most counterexamples that exist are found by it. */
export const first: Climb = {
  starts: [bestKnown, random, corner, corner],
  screened: 1,
  steps: 16,
  sizes: [0.3, 0.02],
};
export const firstClimbsPerDisjunct = 16;
/** The best of many points, of each disjunct alike: 24 of the 25 counterexamples of ACAS Xu, in milliseconds. */
export const scan: Climb = { starts: [face, random], screened: 16, steps: 0, sizes: [0, 0] };
/**
 * Later scans look near the best of earlier ones, too: the one of 1_6, property 2, takes 8,736 executions in the median of 8 seeds instead of 19,616,
 * and that of 1_2, property 2, 8,736 instead of 15,264.
 */
export const closeScan: Climb = { ...scan, starts: [nearBest, face, nearBest, random] };
/**
 * Later rounds, in turn: no kind of climb finds all. Of 200 climbs on mnist_fc 256x2, property 0 at 0.05, target 8, two wide ones from
 * the best of 16 corners arrive, and none from random points. Of 1024 on ACAS Xu 1_6, property 2, fine ones from the best of 64
 * random points arrive 14 times, wide ones not once; on 1_9, property 7, one rough and one fine one. The others share a minimum.
 */
const wide: Climb = { starts: [corner, random], screened: 16, steps: 24, sizes: [0.2, 0.005] };
const short: Climb = { starts: [random, corner], screened: 16, steps: 24, sizes: [0.05, 0.002] };
const rough: Climb = { starts: [random], screened: 1, steps: 16, sizes: [0.4, 0.03] };
const fine: Climb = { starts: [random], screened: 64, steps: 24, sizes: [0.02, 0.0005] };
const refining: Climb = { starts: [bestKnown, nearBest], screened: 1, steps: 32, sizes: [0.05, 0.0005] };
export const later = [wide, short, rough, fine, wide, refining] as const;
