// How much of each box is bounded again. Narrow networks: all that is open, in a few calls. Of wide ones either the least certain
// elements of many boxes, or all of few boxes: what the first boxes show to be better for the same number of rows.
import { Unbounded } from '../../../ops/operator.js';
import { ProgramError } from '../../../program/program-error.js';
import { byBox } from '../../equal-boxes.js';
import type { BranchRequest } from '../types.js';
import { openOf } from './batch.js';
import { boundAll, boundAssumed } from './bounding.js';
import { type Bound, compared } from './equal-work.js';
import { type Forward, movingOf, openForward } from './forward.js';
import type { Prepared } from './prepare.js';
import type { Space } from './space.js';
import type { Subproblem } from './subproblem.js';
import { boundGroups, boundThoroughly, type Thorough } from './thorough.js';

export type Refining = {
  /** Bounds boxes of whole disjuncts, of which interval bounds are known or bounds are assumed. */
  readonly roots: Bound;
  /** Bounds parts of bounded boxes. */
  readonly parts: Bound;
  /** Whether parts are bounded by rows alone, which whoever has the bounding program can do. */
  plain(): boolean;
  /** Boxes that are cut at a time, at most, where all that is open is bounded: one such call keeps all threads busy. */
  most(): number | undefined;
};

type Request = Pick<
  BranchRequest,
  'model' | 'disjuncts' | 'arithmetic' | 'memoryBytes' | 'runtime' | 'deadline'
>;

/** More inputs that vary make forms dear, and halves many. */
const greatestMoving = 16;
/** Coefficients that all rows of boxes may take, one call after the other: some ten seconds. */
const greatestBytes = 2 ** 34;
/** Their parts are bounded beside each other. */
const parentsPerRound = 2;

/** @param explain told what was measured and chosen; nothing of networks that are narrow */
export function createRefining(request: Request, explain: (line: string) => void): Refining {
  let opened: Promise<Forward | undefined> | undefined;
  let choice: 'brief' | 'thorough' | 'not made' = 'brief';
  const isFew = movingOf(request.disjuncts).length <= greatestMoving;
  const briefly: Bound = async ({ space, bounder }, boxes) => {
    const forward = await opened;
    if (forward !== undefined) for (const { data } of boxes) await forward(space, data);
    return boundAll(space, boxes, bounder);
  };
  const roots: Bound = async (prepared, boxes) => {
    const { space, intervals, bounder } = prepared;
    if (intervals === undefined) return boundAssumed(space, boxes, bounder);
    if (!isFew || !boxes.some((box) => isWide(space, box))) return briefly(prepared, boxes);
    const isFirst = opened === undefined;
    opened ??= orUndefined(openForward(request, request.runtime));
    const forward = await opened;
    if (forward === undefined) return briefly(prepared, boxes);
    const groups = byBox(
      boxes,
      ({ disjunct, data }) => space.disjuncts[disjunct] ?? { lower: data, upper: data },
    );
    const open = await openBehindForms(space, groups, forward);
    const isDear = 2 * open * space.bytesPerRow > greatestBytes;
    if (isFirst)
      explain(`wide layers: bounds by affine forms leave ${open} neurons open${isDear ? tooMany : ''}`);
    if (isDear) return briefly(prepared, boxes);
    choice = 'not made';
    return boundGroups(thoroughly(request, prepared, forward), groups);
  };
  const parts: Bound = async (prepared, boxes) => {
    const forward = await opened;
    if (choice === 'brief' || forward === undefined) return briefly(prepared, boxes);
    const starts = choice === 'thorough' ? [] : boxes.map((box) => ({ ...box, data: box.data.slice() }));
    const { boxes: bounded, rows } = await boundThoroughly(thoroughly(request, prepared, forward), boxes);
    const worst = leastBound(bounded);
    const [start, { bound = Infinity } = {}] = [starts[worst], bounded[worst]];
    if (start === undefined || bound > 0) return bounded;
    const { isBetter, line } = await compared(prepared, { start, bound, rows: rows[worst] ?? 0 }, briefly);
    choice = isBetter ? 'thorough' : 'brief';
    explain(line);
    return bounded;
  };
  return {
    roots,
    parts,
    plain: () => choice === 'brief' && opened === undefined,
    most: () => (choice === 'brief' ? undefined : parentsPerRound),
  };
}

const tooMany = ', too many to bound all of them';

const thoroughly = ({ deadline }: Request, { space, bounder }: Prepared, forward: Forward): Thorough => ({
  space,
  bounder,
  forward,
  deadline,
});

/** Hidden elements that affine forms leave open, of one box of each group; all boxes get their bounds. */
async function openBehindForms(
  space: Space,
  groups: readonly (readonly Subproblem[])[],
  forward: Forward,
): Promise<number> {
  let open = 0;
  for (const [first, ...others] of groups) {
    if (first === undefined) continue;
    await forward(space, first.data);
    for (const { data } of others) data.set(first.data);
    for (const value of space.hidden) open += openOf(space, value, first.data).length;
  }
  return open;
}

/** Whether rows of one call do not do for some hidden value. */
const isWide = (space: Space, { data }: Subproblem): boolean =>
  space.hidden.some((value) => openOf(space, value, data).length > value.most);

const leastBound = (boxes: readonly Subproblem[]): number =>
  boxes.reduce((least, { bound }, at) => (bound < (boxes[least]?.bound ?? Infinity) ? at : least), 0);

async function orUndefined<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof Unbounded || error instanceof ProgramError) return undefined;
    throw error;
  }
}
