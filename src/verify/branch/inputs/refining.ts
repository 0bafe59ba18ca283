// How much of each box is bounded again. Narrow networks: all that is open, in one or two calls. Of wide ones either the least certain
// elements of many boxes, or all of few boxes: what the first boxes show to be better for the same number of rows.

import { Unbounded } from '../../../ops/operator.js';
import { ProgramError } from '../../../program/program-error.js';
import type { BranchRequest } from '../types.js';
import { boundAll, uncertain } from './bounding.js';
import { type Forward, movingOf, openForward } from './forward.js';
import { bestCuts, halfOf } from './halves.js';
import type { Prepared } from './prepare.js';
import type { Space } from './space.js';
import type { Subproblem } from './subproblem.js';
import { boundGroups, boundThoroughly, type Thorough } from './thorough.js';

export type Refining = {
  /** Bounds boxes of whole disjuncts, of which interval bounds are known. */
  roots(prepared: Prepared, boxes: readonly Subproblem[]): Promise<Subproblem[]>;
  /** Bounds parts of bounded boxes. */
  parts(prepared: Prepared, boxes: readonly Subproblem[]): Promise<Subproblem[]>;
  /** Boxes that are cut at a time, at most, where all that is open is bounded; one call goes to all threads. */
  most(): number | undefined;
};

/** More inputs that vary make forms dear, and halves many. */
const greatestMoving = 16;
/** Coefficients that all rows of one box may take, one call after the other: some ten seconds. */
const greatestBytes = 2 ** 34;
/** Parts that one round makes are then bounded beside each other. */
const parentsPerRound = 2;

/** @param explain told what was measured and chosen; nothing of networks that are narrow */
export function createRefining(
  request: Pick<BranchRequest, 'model' | 'disjuncts' | 'arithmetic' | 'memoryBytes' | 'runtime' | 'deadline'>,
  explain: (line: string) => void,
): Refining {
  let [forward, isMeasured]: [Promise<Forward | undefined> | undefined, boolean] = [undefined, false];
  let choice: 'brief' | 'thorough' | 'open' = 'brief';
  const thorough = ({ space, bounder }: Prepared, known: Forward): Thorough => ({
    space,
    bounder,
    forward: known,
    deadline: request.deadline,
  });
  const briefly = async ({ space, bounder }: Prepared, boxes: readonly Subproblem[]) => {
    const tighten = await forward;
    for (const { data } of boxes) await tighten?.(space, data);
    return boundAll(space, boxes, bounder);
  };
  const choose = async (prepared: Prepared, start: Subproblem, bound: number, rows: number) => {
    const { space } = prepared;
    const brief = space.hidden.reduce((sum, { most }) => sum + 2 * most, 0);
    const levels = Math.floor(Math.log2(rows / brief));
    const other = await descended(prepared, start, levels, briefly);
    choice = bound >= other ? 'thorough' : 'brief';
    const words = choice === 'thorough' ? 'all are bounded' : 'the least certain are bounded';
    explain(
      `${rows} rows for all open neurons of one part give a bound of ${bound.toPrecision(4)}, as many for the least certain ones of parts cut ${Math.max(0, levels)} times more ${other.toPrecision(4)}: ${words}`,
    );
  };
  return {
    most: () => (choice === 'brief' ? undefined : parentsPerRound),
    roots: async (prepared, boxes) => {
      const { space, bounder } = prepared;
      if (!boxes.some((box) => isWide(space, box)) || movingOf(request.disjuncts).length > greatestMoving)
        return boundAll(space, boxes, bounder);
      forward ??= orUndefined(openForward(request, request.runtime));
      const tighten = await forward;
      if (tighten === undefined) return boundAll(space, boxes, bounder);
      const groups = equalBoxes(space, boxes);
      for (const [first, ...others] of groups) {
        if (first === undefined) continue;
        await tighten(space, first.data);
        for (const { data } of others) data.set(first.data);
      }
      const rows = Math.max(...boxes.map((box) => rowsOf(space, box)));
      const isDear = rows * space.bytesPerRow > greatestBytes;
      if (!isMeasured)
        explain(
          `wide layers: bounds by affine forms leave ${rows / 2} neurons open${isDear ? ', too many to bound all of them' : ''}`,
        );
      isMeasured = true;
      if (isDear) return boundAll(space, boxes, bounder);
      choice = 'open';
      return boundGroups(thorough(prepared, tighten), groups);
    },
    parts: async (prepared, boxes) => {
      const tighten = await forward;
      if (choice === 'brief' || tighten === undefined) return briefly(prepared, boxes);
      const starts = choice === 'open' ? boxes.map((box) => ({ ...box, data: box.data.slice() })) : [];
      const { boxes: bounded, rows } = await boundThoroughly(thorough(prepared, tighten), boxes);
      const worst = bounded.reduce(
        (least, { bound }, at) => (bound < (bounded[least]?.bound ?? Infinity) ? at : least),
        0,
      );
      const [start, { bound = Infinity } = {}] = [starts[worst], bounded[worst]];
      if (start !== undefined && bound <= 0) await choose(prepared, start, bound, rows / boxes.length);
      return bounded;
    },
  };
}

/** The bound of the worst of the parts that so many cuts lead to, as far as bounds of halves tell. */
async function descended(
  prepared: Prepared,
  start: Subproblem,
  levels: number,
  bound: Refining['parts'],
): Promise<number> {
  const { space, bounder } = prepared;
  let [box = start] = await bound(prepared, [start]);
  for (let level = 0; level < levels && box.bound <= 0; level++) {
    const [cut] = await bestCuts(space, [box], bounder);
    if (cut === undefined) break;
    const data = halfOf(space.packing, box, cut, cut.left < cut.right);
    [box = box] = await bound(prepared, [{ ...box, data }]);
  }
  return box.bound;
}

/** Whether rows of one call do not do for some hidden value. */
const isWide = (space: Space, { data }: Subproblem): boolean =>
  space.hidden.some((value) => uncertain(space, value, data).length > value.most);

/** For all open elements. */
const rowsOf = (space: Space, { data }: Subproblem): number =>
  space.hidden.reduce((sum, value) => sum + 2 * uncertain(space, value, data).length, 0);

/** Disjuncts of equal boxes share their arrays. */
function equalBoxes({ disjuncts }: Space, boxes: readonly Subproblem[]): Subproblem[][] {
  const groups = new Map<unknown, Subproblem[]>();
  for (const box of boxes) {
    const key = disjuncts[box.disjunct]?.lower;
    groups.set(key, [...(groups.get(key) ?? []), box]);
  }
  return [...groups.values()];
}

async function orUndefined<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof Unbounded || error instanceof ProgramError) return undefined;
    throw error;
  }
}
