// How a run grew, in a few points, however long it is.
import type { FuzzingPoint } from '../findings/report.js';

export type Series = {
  add(point: FuzzingPoint): void;
  /** In order, the first and the last that were added among them. */
  points(): readonly FuzzingPoint[];
};

/** @param most points that are kept, and one more for the end */
export function createSeries(most = 64): Series {
  let kept: FuzzingPoint[] = [];
  let every = 1;
  let added = 0;
  let last: FuzzingPoint | undefined;
  return {
    add(point) {
      if (added % every === 0) kept.push(point);
      added++;
      last = point;
      if (kept.length <= most) return;
      // Every second goes, so that those that stay are equally far apart.
      kept = kept.filter((_, at) => at % 2 === 0);
      every *= 2;
    },
    points: () => (last === undefined || kept.at(-1) === last ? kept : [...kept, last]),
  };
}
