// Verdicts of the kinds assert, range, confidence and vnnlib on networks whose answers are known.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { checked, type Setting } from '../../../helpers/checking.js';
import { hole, kinked } from '../../../helpers/hard-networks.js';
import { type Dense, mlpModel } from '../../../helpers/mlps.js';
import { failureOf } from '../../policy/helpers.js';

/** y = (x0, x1, -x0). */
const mirror = () => {
  const layer: Dense = { weight: float32([1, 0, -1, 0, 1, 0], [2, 3]), bias: undefined };
  return mlpModel([layer], ['batch', 2]);
};

const setting = (property: object, files: Setting['files'] = [mirror()], rows = [[0, 0]]): Setting => ({
  files,
  rows,
  range: [-1, 1],
  property: { model: 'm0', budget: { executions: 600, seconds: 30 }, ...property },
});

const verdictOf = async (property: object, files?: Setting['files'], rows?: number[][]) => {
  const { verdicts, report } = await checked(setting(property, files, rows));
  return { kinds: verdicts.map(({ kind }) => kind), verdicts, report };
};

const whole = { kind: 'assert', data: undefined };
const near = { kind: 'assert', data: 'rows', linfEpsilon: 0.25 };

describe('assert', () => {
  test.each<[string, string | undefined, string]>([
    ['y[0] <= 1.01', undefined, 'proved'],
    // On the boundary, rounding leaves no room for a proof, and there is no counterexample.
    ['y[0] <= 1', undefined, 'unknown'],
    ['y[0] < 1', undefined, 'violated'],
    ['abs(y[0]) > 0.49', 'x[0] >= 0.5 or x[0] <= -0.5', 'proved'],
    ['abs(y[0]) > 0.5', 'x[0] >= 0.5 or x[0] <= -0.5', 'violated'],
    ['argmax(y) == 0', 'x[0] >= 0.125 and x[1] <= x[0] - 0.125', 'proved'],
    ['argmax(y) != 2', 'x[0] >= 0.125', 'proved'],
    ['argmax(y) != 0', 'x[0] >= 0.25', 'violated'],
    ['1 in top(2)', 'x[0] >= 0 and x[1] > 0.125 - x[0]', 'proved'],
    ['y[0] > 0.5 implies y[2] < -0.25', undefined, 'proved'],
  ])('%s where %s: %s', async (assert, assume, verdict) => {
    const { kinds } = await verdictOf({ ...whole, assert, assume });
    expect(kinds).toEqual([verdict]);
  });

  test('around rows, which it may speak of', async () => {
    const rows = [
      [0.5, 0],
      [-0.5, 0],
    ];
    const { kinds, report } = await verdictOf(
      { ...near, assert: 'abs(y[0] - row[0]) <= 0.26' },
      undefined,
      rows,
    );
    expect(kinds).toEqual(['proved', 'proved']);
    expect(report.instances.map(({ instance }) => instance)).toEqual(['row 0', 'row 1']);
    // In a corner y[1] ties with the greatest, and the tie goes to the earlier one.
    expect((await verdictOf({ ...near, assert: 'argmax(y) == predicted' }, undefined, rows)).kinds).toEqual([
      'unknown',
      'violated',
    ]);
  });

  test('rows that an assumption leaves nothing of are left out, and said to be', async () => {
    const rows = [
      [0.5, 0],
      [-0.5, 0],
    ];
    const { report } = await verdictOf({ ...near, assert: 'y[0] > 0', assume: 'x[0] > 0' }, undefined, rows);
    expect(report.instances.map(({ instance }) => instance)).toEqual(['row 0']);
    expect(report.notes).toContain('1 row left out: no input near them satisfies "assume"');
  });

  test('what is not linear is tested, and said to be no more', async () => {
    const { kinds, report } = await verdictOf({ ...whole, assert: 'y[0] * y[0] >= -1', expect: 'tested' });
    expect(kinds).toEqual(['tested']);
    expect(report.notes).toEqual([
      'cannot be proved yet, only tested: it multiplies what varies by what varies',
    ]);
    const asked = await verdictOf({ ...whole, assert: 'y[0] * y[0] >= -1' });
    expect(asked.verdicts).toMatchObject([{ kind: 'unknown', reason: 'unsupported-operator' }]);
  });

  test('so is what comes to too many cases', async () => {
    const either = Array.from({ length: 15 }, (_, at) => `(y[0] < ${at + 2} and y[1] < ${at + 2})`).join(
      ' or ',
    );
    const { report } = await verdictOf({ ...whole, assert: either, expect: 'tested' });
    expect(report.notes).toEqual([
      'cannot be proved yet, only tested: it comes to 32768 cases, and 16384 are proved at most',
    ]);
  });

  test('what bounds leave open is branched on', async () => {
    const { verdicts, report } = await verdictOf({ ...near, linfEpsilon: 1, assert: 'argmax(y) == 0' }, [
      kinked(2, 2.5),
    ]);
    expect(verdicts).toMatchObject([{ kind: 'proved', method: 'branch-and-bound', margin: null }]);
    expect(report.subproblems).toBeGreaterThan(1);
  });

  test('an output that may be no number is never proved away', async () => {
    const budget = { executions: 500, seconds: 30 };
    // One output is NaN at a point that nothing finds; the assertion is about the other one.
    const { kinds } = await verdictOf(
      { ...near, linfEpsilon: 1, assert: 'y[0] <= 1e6 or y[1] <= 1e6', budget },
      [hole([0.3716, -0.6127])],
    );
    expect(kinds).toEqual(['unknown']);
  });

  test('an assumption that nothing satisfies is an error with its place', async () => {
    const found = await failureOf(() => verdictOf({ ...whole, assert: 'y[0] < 2', assume: 'x[0] > 2' }));
    expect(found).toMatchObject({
      code: 'INVALID_POLICY',
      problem: expect.stringMatching(/no input in the range/),
    });
  });

  test.each([
    ['y[3] > 0', /y\[3\] is beyond/],
    ['argmax(y) == 3', /class 3 is beyond/],
    ['0 in top(4)', /top\(4\) is beyond/],
    ['x[2] > 0', /x\[2\] is beyond/],
  ])('%s speaks of what the model does not have', async (assert, problem) => {
    const found = await failureOf(() => verdictOf({ ...whole, assert }));
    expect(found).toMatchObject({ code: 'INVALID_POLICY', problem: expect.stringMatching(problem) });
    expect(found.where).toMatch(/policy\.yaml:1:\d+$/);
  });
});

describe('range', () => {
  test.each<[object, string, RegExp]>([
    [{ lower: -1.5, upper: 1.01 }, 'proved', /every output is at least -1.5 and at most 1.01/],
    [{ upper: 0.5, outputs: [1] }, 'violated', /y\[1\] is at most 0.5/],
    [{ lower: -0.51, outputs: [0], assume: 'x[0] >= -0.5' }, 'proved', /y\[0\] is at least -0.51/],
  ])('%o: %s', async (keys, verdict, claim) => {
    const { verdicts, report } = await verdictOf({ kind: 'range', data: undefined, ...keys });
    expect(verdicts).toMatchObject([{ kind: verdict }]);
    expect(report.claim).toMatch(claim);
    if (verdicts[0]?.kind === 'violated')
      expect(verdicts[0].witness.summary).toMatch(/^output y\[1\] is .* above 0\.5$/);
  });

  test('an output that is not there', async () => {
    const found = await failureOf(() =>
      verdictOf({ kind: 'range', data: undefined, upper: 1, outputs: [3] }),
    );
    expect(found).toMatchObject({ problem: expect.stringMatching(/output 3 is beyond the 3/) });
  });
});

describe('confidence', () => {
  // Logits within [-1, 1] of three classes: at most e^2 / (e^2 + 2) = 0.787, and e / (e + 1 + 1/e) = 0.665 where x1 = 0.
  test.each<[object, string]>([
    [{ threshold: 0.79, output: 'logits' }, 'proved'],
    [{ threshold: 0.6, output: 'logits' }, 'violated'],
    [{ threshold: 0.66, output: 'logits', assume: 'x[1] == 0' }, 'violated'],
    [{ threshold: 0.51, output: 'probabilities', assume: 'abs(x[0]) <= 0.5 and x[1] <= 0.5' }, 'proved'],
    [{ threshold: 0.4, output: 'probabilities' }, 'violated'],
  ])('%o: %s', async (keys, verdict) => {
    const { verdicts } = await verdictOf({ kind: 'confidence', data: undefined, ...keys });
    expect(verdicts).toMatchObject([{ kind: verdict }]);
  });
});

describe('vnnlib', () => {
  const declared = ['X_0', 'X_1', 'Y_0', 'Y_1', 'Y_2']
    .map((name) => `(declare-const ${name} Real)`)
    .join('\n');
  const fileOf = (assertions: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'marauder-vnnlib-')), 'p.vnnlib');
    writeFileSync(file, `${declared}\n${assertions}\n`);
    return file;
  };
  const box = (least: number, most: number) =>
    [0, 1].map((at) => `(>= X_${at} ${least}) (<= X_${at} ${most})`).join(' ');

  test.each<[string, string]>([
    [`(assert (and ${box(0, 1)} (>= Y_0 1.5)))`, 'proved'],
    [`(assert (or (and ${box(0, 0.5)} (>= Y_0 0.75)) (and ${box(0.75, 1)} (<= Y_0 0.5))))`, 'proved'],
    [`(assert (or (and ${box(0, 0.5)} (>= Y_0 0.75)) (and ${box(0.75, 1)} (<= Y_0 0.8))))`, 'violated'],
    [`(assert (and ${box(5, 6)} (>= Y_0 5.5)))`, 'violated'],
  ])('%s: %s', async (assertions, verdict) => {
    const { verdicts } = await verdictOf({ kind: 'vnnlib', data: undefined, file: fileOf(assertions) });
    expect(verdicts).toMatchObject([{ kind: verdict }]);
  });

  test('a file that is not there is the policy’s mistake', async () => {
    const found = await failureOf(() =>
      verdictOf({ kind: 'vnnlib', data: undefined, file: '/nowhere.vnnlib' }),
    );
    expect(found).toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: expect.stringMatching(/policy\.yaml:1:\d+$/),
    });
  });
});
