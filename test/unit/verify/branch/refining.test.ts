// What is bounded of wide networks: how much of a box, and what a measurement at the start makes of that.
import { expect, test } from 'vitest';
import { noDeadline } from '../../../../src/base/deadline.js';
import { openOf } from '../../../../src/verify/branch/inputs/batch.js';
import type { Batch } from '../../../../src/verify/branch/inputs/bounder.js';
import { branchOnInputs } from '../../../../src/verify/branch/inputs/inputs.js';
import { boundingFileOf, prepare } from '../../../../src/verify/branch/inputs/prepare.js';
import { createRefining } from '../../../../src/verify/branch/inputs/refining.js';
import { rootsOf } from '../../../../src/verify/branch/inputs/roots.js';
import type { OpenDisjunct } from '../../../../src/verify/branch/types.js';
import { requestOf } from '../../../helpers/branching.js';
import { Draw } from '../../../helpers/draw.js';
import { mlp } from '../../../helpers/mlps.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

/** The first output is at most `limit`, and at least -limit, for x in [-1, 1]^2: two disjuncts over one box. */
function disjunctsOf(limit: number): OpenDisjunct[] {
  const [lower, upper] = [Float32Array.of(-1, -1), Float32Array.of(1, 1)];
  return [1, -1].map((sign, index) => ({
    index,
    lower,
    upper,
    rows: {
      count: 1,
      outputs: Float32Array.of(sign),
      inputs: new Float32Array(2),
      bounds: Float64Array.of(-limit),
    },
    known: Float64Array.of(-Infinity),
  }));
}

/** Memory for a call that bounds one or two elements of each hidden value. */
const little = 2 ** 16;

async function refined(memoryBytes: number, widths = [2, 16, 16, 16, 1], seed = 1) {
  const { model } = await opened(mlp(new Draw(seed), widths, 'normal').model);
  const subject = { ...requestOf(model, disjunctsOf(0)), memoryBytes, deadline: noDeadline };
  const file = boundingFileOf(subject, inline, 'float32');
  const whole = await prepare(subject, file, { bounding: inline, others: inline });
  const calls: Batch[] = [];
  const run = async (batch: Batch) => {
    calls.push(batch);
    return whole.bounder.run(batch);
  };
  const prepared = { ...whole, bounder: { ...whole.bounder, run } };
  const lines: string[] = [];
  const refining = createRefining(subject, (line) => lines.push(line));
  return { prepared, refining, lines, calls, roots: await rootsOf(prepared, [0, 1]) };
}

test('narrow networks are bounded as ever, and nothing is said', async () => {
  const { prepared, refining, lines, roots } = await refined(2 ** 28);
  await refining.roots(prepared, roots);
  expect(lines).toEqual([]);
  expect(refining.most()).toBeUndefined();
});

test('of wide ones all that is open is bounded, once for disjuncts of one box, as many elements a call as fit', async () => {
  const { prepared, refining, lines, calls, roots } = await refined(little);
  const { space } = prepared;
  expect(Math.max(...space.hidden.map(({ most }) => most))).toBeLessThan(4);
  const bounded = await refining.roots(prepared, roots);
  expect(lines).toEqual([
    expect.stringMatching(/^wide layers: bounds by affine forms leave \d+ neurons open$/),
  ]);
  expect(refining.most()).toBe(2);
  const elements = calls.flatMap(({ indices }) => indices.map(({ length }) => length));
  expect(Math.max(...elements)).toBeLessThanOrEqual(space.elementsPerCall);
  const seen = calls.flatMap(({ indices }) => indices.flatMap((own, k) => [...own].map((i) => `${k}:${i}`)));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThan(space.hidden.length * 4);
  // The last call has the rows of both, and what is known of hidden elements is the same.
  expect(bounded.map(({ disjunct }) => disjunct)).toEqual([0, 1]);
  const known = (at: number) =>
    space.hidden.map((value) => openOf(space, value, bounded[at]?.data ?? new Float32Array()));
  expect(known(1)).toEqual(known(0));
});

test('where all rows of a box would take too long, the least certain elements are bounded', async () => {
  const { prepared, refining, lines, roots } = await refined(little);
  const dear = { ...prepared, space: { ...prepared.space, bytesPerRow: 2 ** 40 } };
  await refining.roots(dear, roots);
  expect(lines[0]).toMatch(/too many to bound all of them/);
  expect(refining.most()).toBeUndefined();
});

test('bounds of wide boxes are at least as good as those of the least certain elements', async () => {
  const [all, some] = await Promise.all([refined(little), refined(little)]);
  const thorough = await all.refining.roots(all.prepared, all.roots);
  const dear = { ...some.prepared, space: { ...some.prepared.space, bytesPerRow: 2 ** 40 } };
  const brief = await some.refining.roots(dear, some.roots);
  thorough.forEach(({ bound }, at) => {
    expect(bound).toBeGreaterThan(brief[at]?.bound ?? Infinity);
  });
});

/** What is said of a property that needs cuts. */
async function explained(seed: number, widths: readonly number[]): Promise<readonly string[]> {
  const { model } = await opened(mlp(new Draw(seed), widths, 'normal').model);
  const lines: string[] = [];
  const request = { ...requestOf(model, disjunctsOf(0.5), inline, 60), memoryBytes: little };
  await branchOnInputs(request, (line) => lines.push(line));
  return lines;
}

test.each([
  [[2, 24, 24, 1], / after 3 more cuts .*: the least certain are bounded$/],
  [[2, 8, 8, 8, 8, 8, 1], / after 0 more cuts .*: all are bounded$/],
])('the first parts decide: %j', async (widths, line) => {
  const lines = await explained(0, widths);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(line);
});
