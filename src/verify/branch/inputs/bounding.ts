// Packed sub-problems through the bounding program: hidden elements that are open are bounded again, the rest is inherited.
import { leastMargin } from '../../least-margin.js';
import { dropAssumed } from './assumed.js';
import { batchOf, openInOneCall } from './batch.js';
import type { Bounded, Bounder } from './bounder.js';
import { tighten } from './forms.js';
import { writeHidden, writeRows } from './found.js';
import { limitsOfRows, limitsWithin } from './limits.js';
import { greatestBound, type HiddenValue, type Space } from './space.js';
import type { Subproblem } from './subproblem.js';

/** A box that is being bounded; its margin is positive once it is known to hold no counterexample. */
type Job = { box: Subproblem; margin: number };

/**
 * Packed boxes with what is known of larger ones; their data is filled in, in place. Hidden elements first, in parts: those of the
 * last values take most rows and gain most from the relaxation that new bounds of earlier ones give. Then the rows of the
 * specification, for all boxes at once: they are few. Boxes that are decided on the way are left out of what follows.
 */
export async function boundAll(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
): Promise<Subproblem[]> {
  const jobs = boxes.map((box): Job => ({ box: withLimits(space, box), margin: 0 }));
  for (const job of jobs) if (!tighten(space, job.box.data, job.box.limits)) job.margin = leastMargin;
  const open = () => jobs.filter(({ margin }) => margin === 0);
  const perCall = Math.max(1, Math.floor(space.boxesPerCall / 2));
  for (const part of partsOf(space.hidden)) {
    const left = open();
    for (let from = 0; from < left.length; from += perCall)
      await advance(space, left.slice(from, from + perCall), bounder, part);
  }
  const left = open();
  const bounded = await boundRows(
    space,
    left.map(({ box }) => box),
    bounder,
  );
  const bounds = new Map(left.map((job, at) => [job, bounded[at]]));
  return jobs.map((job) => bounds.get(job) ?? { ...job.box, bound: job.margin });
}

const withLimits = (space: Space, box: Subproblem): Subproblem =>
  box.limits === undefined ? box : { ...box, limits: limitsWithin(space, box) };

/** Whole boxes of which bounds are assumed: value by value, with rows for all elements. */
export async function boundAssumed(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
): Promise<Subproblem[]> {
  const perCall = Math.max(1, Math.floor(space.boxesPerCall / 2));
  for (const value of space.hidden) {
    for (let from = 0; from < boxes.length; from += perCall)
      await refine(space, boxes.slice(from, from + perCall), bounder, [value]);
    for (const { data } of boxes) dropAssumed(space.packing, value, data);
  }
  return boundRows(space, boxes, bounder);
}

/** Values that are bounded each after the one before. */
const oneByOne = 3;

/**
 * All but the last together, then these one by one, each with what was found of those before: on 8 proofs of ACAS Xu that takes a
 * third fewer sub-problems than two thirds of the values and then the rest, and all one by one would take little less.
 */
function partsOf(all: readonly HiddenValue[]): readonly (readonly HiddenValue[])[] {
  const hidden = all.filter(({ inherited }) => !inherited);
  const first = Math.max(1, hidden.length - oneByOne);
  return [hidden.slice(0, first), ...hidden.slice(first).map((value) => [value])];
}

/** Bounds the open elements of some hidden values again. @returns all rows; undefined where nothing is open */
async function refine(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
  part: readonly HiddenValue[],
): Promise<Bounded | undefined> {
  const batch = batchOf(space, boxes, bounder.outputs, (value) =>
    part.includes(value) ? boxes.map(({ data }) => openInOneCall(space, value, data)) : undefined,
  );
  if (batch.indices.every(({ length }) => length === 0)) return undefined;
  const found = await bounder.run(batch);
  boxes.forEach((box, at) => {
    writeHidden(space, box, batch, found, at);
  });
  return found;
}

/** Bounds the open elements of some hidden values again, and what else the rows of that call say. */
async function advance(
  space: Space,
  jobs: readonly Job[],
  bounder: Bounder,
  part: readonly HiddenValue[],
): Promise<void> {
  const boxes = jobs.map(({ box }) => box);
  const found = await refine(space, boxes, bounder, part);
  if (found === undefined) return;
  jobs.forEach((job, at) => {
    if (greatestBound(space.disjuncts[job.box.disjunct]?.rows, found.bound, at * found.rows) > 0)
      job.margin = writeRows(space, job.box, found, at);
    else if (!tightenBehind(space, job, found, at, part)) job.margin = leastMargin;
  });
}

/**
 * Rows that were bounded on the way are limits of a box that has some, and tighten what was bounded with them.
 * @returns whether bounds are left
 */
function tightenBehind(
  space: Space,
  job: Job,
  found: Bounded,
  at: number,
  part: readonly HiddenValue[],
): boolean {
  const { box } = job;
  if (box.limits === undefined) return true;
  const limits = [...box.limits, ...limitsOfRows(space, box, found, at * found.rows)];
  job.box = { ...box, limits };
  return tighten(space, box.data, limits, part);
}

/**
 * Bounds some elements of one hidden value of a single box again.
 * @returns whether the rows of its disjunct are proved by what was known before
 */
export async function refineElements(
  space: Space,
  box: Subproblem,
  bounder: Bounder,
  value: HiddenValue,
  elements: readonly number[],
): Promise<boolean> {
  const batch = batchOf(space, [box], bounder.outputs, (each) => (each === value ? [elements] : undefined));
  const found = await bounder.run(batch);
  writeHidden(space, box, batch, found, 0);
  return greatestBound(space.disjuncts[box.disjunct]?.rows, found.bound, 0) > 0;
}

/** Bounds of the specification's rows with what is known of hidden values. */
export async function boundRows(space: Space, boxes: readonly Subproblem[], bounder: Bounder) {
  if (boxes.length === 0) return [];
  const found = await bounder.run(batchOf(space, boxes, bounder.outputs, () => undefined));
  return boxes.map((box, at) => ({ ...box, bound: writeRows(space, box, found, at) }));
}
