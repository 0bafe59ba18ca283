// Properties of two inputs, checked as `marauder check` does: proved, violated and unknown where they should be.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import type { Model } from '../../../../src/graph/graph.js';
import { checked, type Setting, subjectOf, untimed } from '../../../helpers/checking.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';
import { failureOf } from '../../policy/helpers.js';

/** y_0 = relu(a) + relu(a - b) / 2, y_1 = b: y_0 rises with a, at up to 1.5 times its pace, and falls with b. */
const rising = (): Model =>
  modelOf(
    ['batch', 2],
    [
      ['Gemm', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'v'], 'y'],
    ],
    {
      w: float32([1, 1, 0, 0, 0, -1, 1, -1], [2, 4]),
      v: float32([1, 0, 0.5, 0, 0, 1, 0, -1], [4, 2]),
    },
  );

/** As `rising`, but y_0 falls by a thousandth where a passes through a stretch of a thousandth. */
const dipping = (): Model =>
  modelOf(
    ['batch', 2],
    [
      ['Gemm', ['x', 'w', 'b'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'v'], 'y'],
    ],
    {
      w: float32([1, 1, 1, 0, 0, 0], [2, 3]),
      b: float32([1, -0.4, -0.401]),
      v: float32([1, 0, -2, 0, 2, 0], [3, 2]),
    },
  );

const setting = (file: Model, property: object, rows = [[0.5, 0.25]]): Setting => ({
  files: [file],
  rows,
  range: [-1, 1],
  property: { model: 'm0', budget: { executions: 300, seconds: 60 }, ...property },
});

const monotonic = (file: Model, changes: object = {}) =>
  setting(file, { kind: 'monotonic', features: ['f0'], ...changes });

describe('monotonic', () => {
  test('is proved by slopes, on the whole range and around rows', async () => {
    const whole = await checked(monotonic(rising()));
    expect(whole.verdicts).toMatchObject([{ kind: 'proved', method: 'ibp', arithmetic: 'deployed' }]);
    expect(whole.report).toMatchObject({ status: 'passed', instances: [{ instance: 'input range' }] });
    expect(whole.report.claim).toMatch(/^output 0 does not fall by more than \S+ as input f0 grow/);
    const near = await checked(monotonic(rising(), { linfEpsilon: 0.1 }));
    expect(near.verdicts).toMatchObject([{ kind: 'proved' }]);
    expect(near.report.instances).toMatchObject([{ instance: 'row 0' }]);
  });

  test('a decreasing output is proved, too, and several features together', async () => {
    const falling = { features: ['f1'], direction: 'decreasing' };
    expect((await checked(monotonic(rising(), falling))).verdicts).toMatchObject([{ kind: 'proved' }]);
    const both = { features: ['f0', 'f1'], output: 1 };
    expect((await checked(monotonic(rising(), both))).verdicts).toMatchObject([{ kind: 'proved' }]);
  });

  test('the wrong direction is violated, by two inputs that differ in the feature', async () => {
    const { verdicts, found, subject } = await checked(monotonic(rising(), { direction: 'decreasing' }));
    expect(verdicts).toMatchObject([{ kind: 'violated' }]);
    const [verdict] = verdicts;
    expect(verdict?.kind === 'violated' && verdict.witness.summary).toMatch(
      /^output 0 rises from \S+ to \S+ although it is decreasing$/,
    );
    const [first, second] = subject.pair?.apart(found[0]?.input ?? new Float32Array()) ?? [];
    expect(second?.[0]).toBeGreaterThan(first?.[0] ?? Infinity);
    expect(second?.[1]).toBe(first?.[1]);
  });

  test('a narrow dip is found by branching or cut out of a proof, but never proved away', async () => {
    const { verdicts } = await checked(monotonic(dipping()));
    expect(verdicts[0]?.kind).not.toBe('proved');
    const allowed = await checked(monotonic(dipping(), { slack: 0.01 }));
    expect(allowed.verdicts).toMatchObject([{ kind: 'proved', method: 'branch-and-bound' }]);
    expect(allowed.report.subproblems).toBeGreaterThan(1);
  });

  test('without any slack rounding leaves it unknown', async () => {
    const { verdicts } = await checked(monotonic(rising(), { slack: 0 }));
    expect(verdicts).toMatchObject([{ kind: 'unknown', reason: 'loose-bounds' }]);
  });

  test('where tests are enough nothing is cut', async () => {
    const { verdicts, report } = await checked(monotonic(dipping(), { slack: 0.01, expect: 'tested' }));
    expect(verdicts).toMatchObject([{ kind: 'tested' }]);
    expect(report.subproblems).toBe(0);
  });
});

describe('lipschitz', () => {
  const lipschitz = (constant: number, changes: object = {}) =>
    setting(rising(), { kind: 'lipschitz', constant, ...changes });

  test('the true constant is proved, by cells where one box is too coarse', async () => {
    // relu(a) + relu(a - b) / 2 changes by 1.5 for a, and 0.5 for b.
    expect((await checked(lipschitz(2))).verdicts).toMatchObject([{ kind: 'proved' }]);
    const near = await checked(lipschitz(1.01, { linfEpsilon: 0.1, slack: 0.05 }));
    expect(near.verdicts[0]?.kind).not.toBe('proved');
  });

  test('a smaller one is violated, beyond the slack', async () => {
    const { verdicts } = await checked(lipschitz(1.5));
    expect(verdicts).toMatchObject([{ kind: 'violated' }]);
    const [verdict] = verdicts;
    expect(verdict?.kind === 'violated' && verdict.witness.summary).toMatch(/where at most 1.5 is allowed$/);
  });

  test('neighbouring numbers are no violation: what rounding does is in the slack', async () => {
    const subject = await subjectOf(lipschitz(2));
    const point = Float32Array.of(0.3, 0.7, 0.3, 0.7);
    point[2] = Math.fround(0.3 + 2 ** -25);
    expect((await subject.replay(point, 0)).violated).toBe(false);
  });
});

describe('fairness', () => {
  /** Classes by a; b matters by `share` of itself. */
  const biased = (share: number): Model =>
    modelOf(['batch', 2], [['Gemm', ['x', 'w', 'c'], 'y']], {
      w: float32([1, 0, share, 0], [2, 2]),
      c: float32([0, 0.25]),
    });
  const fair = (share: number, changes: object = {}) =>
    setting(biased(share), { kind: 'fairness', protected: ['f1'], ...changes });

  test('a network that does not look is proved fair', async () => {
    const { verdicts, report } = await checked(fair(0, { tolerance: 0.001 }));
    expect(verdicts).toMatchObject([{ kind: 'proved' }]);
    expect(report.claim).toMatch(/^no output changes by more than 0.001 with the protected inputs f1/);
  });

  test('around rows that are far from the boundary a little bias is proved harmless', async () => {
    const far = fair(0.1, { linfEpsilon: 0.1 });
    expect((await checked(far)).verdicts).toMatchObject([{ kind: 'proved' }]);
  });

  test('values that are listed are compared, and no others', async () => {
    const values = (list: readonly number[]) =>
      fair(1, { protected: [{ feature: 'f1', values: list }], linfEpsilon: 0.1 });
    // Around 0.5: a + b is on one side of 0.25 for 0 and 1, and not for -1.
    expect((await checked(values([0, 1]))).verdicts).toMatchObject([{ kind: 'proved' }]);
    const { verdicts, found, subject } = await checked(values([0, 1, -1]));
    expect(verdicts).toMatchObject([
      { kind: 'violated', witness: { summary: expect.stringMatching(/becomes class/) } },
    ]);
    const [first, second] = subject.pair?.apart(found[0]?.input ?? new Float32Array()) ?? [];
    expect([0, 1, -1]).toContain(first?.[1]);
    expect([0, 1, -1]).toContain(second?.[1]);
    expect(second?.[0]).toBe(first?.[0]);
  });

  test('a protected range holds whatever the rows are', async () => {
    const range = (upper: number) =>
      fair(1, { protected: [{ feature: 'f1', range: [0, upper] }], linfEpsilon: 0 });
    const { subject } = await checked(range(0.1));
    expect([...(subject.pair?.set.seeds.data ?? [])]).toEqual([0.5, Math.fround(0.1)]);
  });
});

test('equal runs report the same whatever the number of threads', async () => {
  const settings = monotonic(dipping(), { slack: 0.01 });
  const [one, several] = [
    await checked(settings),
    await checked(settings, { runtime: { ...inline, workers: 3 } }),
  ];
  expect(untimed(several.report)).toEqual(untimed(one.report));
});

describe('what does not fit is said', () => {
  test.each([
    [{ kind: 'monotonic', features: [2] }, /there is no input element 2: the model takes 2/],
    [{ kind: 'monotonic', features: ['f9'] }, /no input element is named "f9"/],
    [{ kind: 'monotonic', features: [0], output: 2 }, /there is no output 2: the model has 2/],
    [
      { kind: 'fairness', protected: [{ feature: 0, values: [0, 3] }] },
      /3 lies outside of the input range \[-1, 1\] of 0/,
    ],
  ])('%j', async (property, problem) => {
    const failure = await failureOf(() => subjectOf(setting(rising(), property)));
    expect(failure).toMatchObject({ code: 'INVALID_POLICY', problem: expect.stringMatching(problem) });
  });

  test('a slack that cannot be derived is asked for', async () => {
    const soft = modelOf(['batch', 2], [['Softmax', ['x'], 'y']]);
    const failure = await failureOf(() => subjectOf(monotonic(soft)));
    expect(failure).toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      problem: expect.stringMatching(/no slack for rounding can be derived for model "m0": node "Softmax_0"/),
      hint: expect.stringMatching(/slack: /),
    });
    const { verdicts } = await checked(monotonic(soft, { slack: 0.001, expect: 'tested' }));
    expect(verdicts).toMatchObject([{ kind: 'tested' }]);
  });
});
