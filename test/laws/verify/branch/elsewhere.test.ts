// Boxes that a thread splits by itself: bit by bit what this thread would make of them.
import { afterAll, describe, expect, test } from 'vitest';
import type { Runtime } from '../../../../src/program/session.js';
import { createPool } from '../../../../src/program/worker-runtime.js';
import { branchOnInputs } from '../../../../src/verify/branch/inputs/inputs.js';
import { limitsOf } from '../../../../src/verify/branch/inputs/limits.js';
import { boundingFileOf, prepare } from '../../../../src/verify/branch/inputs/prepare.js';
import { createRefining } from '../../../../src/verify/branch/inputs/refining.js';
import { rootsOf } from '../../../../src/verify/branch/inputs/roots.js';
import { splitBoxes } from '../../../../src/verify/branch/inputs/split.js';
import { lowerOf, type Subproblem, upperOf } from '../../../../src/verify/branch/inputs/subproblem.js';
import { questionOf, requestOf } from '../../../helpers/branching.js';
import { Draw } from '../../../helpers/draw.js';
import { mlp } from '../../../helpers/mlps.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

const pool = createPool(2, 'now');
afterAll(() => pool.close());

async function subjectOf(seed: number) {
  const draw = new Draw(seed);
  const { model } = await opened(mlp(draw, [2, 12, 12, 12, 2], 'normal').model);
  return { ...requestOf(model, questionOf(model, draw, 3).disjuncts, inline, 40), memoryBytes: 2 ** 26 };
}

type Subject = Awaited<ReturnType<typeof subjectOf>>;

const preparedIn = (subject: Subject, bounding: Runtime) =>
  prepare(subject, boundingFileOf(subject, inline, 'float32'), { bounding, others: inline });

/** Whole disjuncts, the last first, and a box of a single point. */
async function boxesOf(subject: Subject, isLimited: boolean) {
  const prepared = await preparedIn(subject, inline);
  const refining = createRefining(subject, () => {});
  const roots = await refining.roots(prepared, await rootsOf(prepared, [2, 0, 1]));
  const { packing } = prepared.space;
  const point = { ...(roots[0] as Subproblem), data: (roots[0] as Subproblem).data.slice() };
  upperOf(packing, point.data).set(lowerOf(packing, point.data));
  const boxes = [...roots, point];
  return isLimited ? boxes.map((box) => ({ ...box, limits: limitsOf(prepared.space, box) })) : boxes;
}

const copied = (boxes: readonly Subproblem[]) => boxes.map((box) => ({ ...box, data: box.data.slice() }));

describe.each([false, true])('limited: %s', (isLimited) => {
  test.each([1, 2, 3, 4])('a thread makes of boxes what this one makes of them, network %i', async (seed) => {
    const subject = await subjectOf(seed);
    const boxes = await boxesOf(subject, isLimited);
    const here = await preparedIn(subject, inline);
    const there = await preparedIn(subject, pool);
    expect(here.bounder.split).toBeUndefined();
    const expected = await splitBoxes(here.space, here.bounder, copied(boxes));
    const found = await there.bounder.split?.(there.space, copied(boxes));
    expect(found).toEqual(expected);
    // Of boxes that are proved limits leave nothing.
    const kinds = expected.map(({ kind }) => kind);
    if (!isLimited) expect(kinds).toEqual(['cut', 'cut', 'cut', 'uncut']);
  });
});

test.each([5, 6, 7])('a long search in threads ends as one in this thread, network %i', async (seed) => {
  const subject = await subjectOf(seed);
  const ends = [inline, pool].map((runtime) =>
    branchOnInputs(
      { ...subject, ...requestOf(subject.model, subject.disjuncts, runtime, 40), repeatable: true },
      () => {},
      0,
    ),
  );
  const [here, there] = await Promise.all(ends);
  expect(there).toEqual(here);
  expect(here?.some(({ subproblems }) => subproblems > 1)).toBe(true);
});

/**
 * Sub-problems where every box is cut and none decided, and time is over after so many rounds: of all boxes, until more than 16 wait; then of
 * two calls of an eighth of the boxes, 16 to 32, four of them under way.
 */
function countOf(roots: number, most: number): number {
  const rounds: number[] = [];
  let [open, count, begun, isSpread] = [roots, roots, 0, false];
  const settle = () => {
    const parts = 2 * (rounds.shift() ?? 0);
    open += parts;
    count += parts;
  };
  while (open > 0 || rounds.length > 0) {
    if (open === 0 || rounds.length === (isSpread ? 4 : 1)) settle();
    else if (begun++ === most) break;
    else {
      const perCall = Math.min(32, Math.max(16, Math.ceil(open / 8)));
      rounds.push(Math.min((isSpread ? 2 : 8) * perCall, open));
      isSpread ||= open > 16;
      open -= rounds.at(-1) ?? 0;
    }
  }
  while (rounds.length > 0) settle();
  return count;
}

test('rounds under way when time is over are waited for', async () => {
  const subject = await subjectOf(8);
  const hard = subject.disjuncts.map((disjunct) => ({
    ...disjunct,
    rows: { ...disjunct.rows, bounds: disjunct.rows.bounds.map(() => 1e6) },
  }));
  const request = { ...requestOf(subject.model, hard, pool, 12), repeatable: true };
  const results = await branchOnInputs(request, () => {}, 0);
  for (const { state, reason, bound } of results) {
    expect([state, reason]).toEqual(['open', 'timeout']);
    expect(bound).toBeLessThan(0);
    expect(Number.isFinite(bound)).toBe(true);
  }
  expect(results.reduce((sum, { subproblems }) => sum + subproblems, 0)).toBe(countOf(3, 12));
});
