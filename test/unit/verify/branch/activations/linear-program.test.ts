import { expect, test } from 'vitest';
import { openLinearPrograms } from '../../../../../src/verify/branch/activations/leaves/linear-program.js';
import { Draw } from '../../../../helpers/draw.js';

const constraints = (rows: readonly (readonly [middle: number, ...slopes: number[]])[]) => ({
  count: rows.length,
  middles: Float64Array.from(rows, ([middle]) => middle),
  slopes: Float64Array.from(rows.flatMap(([, ...slopes]) => slopes)),
  rooms: new Float64Array(rows.length).fill(1),
});

const never = () => false;

test('the point with most room', async () => {
  const programs = await openLinearPrograms();
  // t - 1/2 <= v and -t - 1/4 <= v.
  const found = programs.leastViolation(
    constraints([
      [-0.5, 1],
      [-0.25, -1],
    ]),
    never,
  );
  expect(found?.violation).toBeCloseTo(-0.375, 9);
  expect(Array.from(found?.t ?? [])).toEqual([expect.closeTo(0.125, 9)]);
  expect(Array.from(found?.weights ?? [])).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
});

test('constraints with less room give way less', async () => {
  const programs = await openLinearPrograms();
  // t + 1/2 <= v and -t + 1/2 <= v / 3.
  const both = {
    ...constraints([
      [0.5, 1],
      [0.5, -1],
    ]),
    rooms: Float64Array.of(1, 1 / 3),
  };
  const found = programs.leastViolation(both, never);
  expect(found?.violation).toBeCloseTo(0.75, 9);
  expect(Array.from(found?.t ?? [])).toEqual([expect.closeTo(0.25, 9)]);
  expect(Array.from(found?.weights ?? [])).toEqual([expect.closeTo(0.75, 9), expect.closeTo(0.75, 9)]);
});

test('weights show what nothing satisfies', async () => {
  const programs = await openLinearPrograms();
  for (let seed = 0; seed < 20; seed++) {
    const draw = new Draw(seed);
    const rows = Array.from({ length: 6 }, (): readonly [number, ...number[]] => [
      draw.uniform(),
      ...Array.from({ length: 3 }, () => 2 * draw.uniform() - 1),
    ]);
    const { violation = 0, weights = [], t = [] } = programs.leastViolation(constraints(rows), never) ?? {};
    const at = ([middle, ...slopes]: readonly [number, ...number[]]) =>
      slopes.reduce((sum, slope, j) => sum + slope * (t[j] ?? 0), middle);
    expect(Math.max(...rows.map(at))).toBeCloseTo(violation, 8);
    // The least of the weighted sum over the cube.
    const sum = (j: number) => rows.reduce((all, row, i) => all + (weights[i] ?? 0) * (row[j] ?? 0), 0);
    expect(sum(0) - [1, 2, 3].reduce((all, j) => all + Math.abs(sum(j)), 0)).toBeCloseTo(violation, 8);
  }
});

test('stopped, or without numbers, there is no answer', async () => {
  const programs = await openLinearPrograms();
  expect(
    programs.leastViolation(
      constraints([
        [-0.5, 1],
        [-0.25, -1],
      ]),
      () => true,
    ),
  ).toBeUndefined();
  expect(programs.leastViolation(constraints([[Number.NaN, 1]]), never)).toBeUndefined();
  expect(programs.leastViolation(constraints([[0, Infinity]]), never)).toBeUndefined();
});
