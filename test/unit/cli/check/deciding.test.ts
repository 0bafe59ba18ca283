// What `marauder check` does with instances that bounds leave open.
import { describe, expect, test } from 'vitest';
import { judgeRobustness } from '../../../../src/policy/judge.js';
import { checked, type Setting, untimed } from '../../../helpers/checking.js';
import { Draw } from '../../../helpers/draw.js';
import { hole, kinked, needle } from '../../../helpers/hard-networks.js';
import { mlp } from '../../../helpers/mlps.js';
import { inline } from '../../../helpers/programs.js';

const robust = (files: Setting['files'], rows: Setting['rows'], changes: object = {}): Setting => ({
  files,
  rows,
  range: [-1, 1],
  property: {
    kind: 'robustness',
    model: 'm0',
    linfEpsilon: 1,
    budget: { executions: 4000, seconds: 60 },
    ...changes,
  },
});
const origin = (inputs: number) => [Array.from({ length: inputs }, () => 0)];

describe('robustness', () => {
  test.each([
    ['inputs', 2],
    ['neurons', 20],
  ])('that backward bounds leave open is proved by splitting %s', async (_, inputs) => {
    const { report, verdicts } = await checked(robust([kinked(inputs, 2.5)], origin(inputs)));
    expect(verdicts).toMatchObject([{ kind: 'proved', method: 'branch-and-bound', arithmetic: 'deployed' }]);
    const [verdict] = verdicts;
    if (verdict?.kind !== 'proved') return;
    expect(verdict.margin).toBeGreaterThan(0);
    expect(verdict.margin).toBeLessThanOrEqual(0.5);
    expect(report).toMatchObject({ status: 'passed', notes: [] });
    expect(report.subproblems).toBeGreaterThan(1);
    expect(report.executions).toBeLessThanOrEqual(4000);
  });

  test('is violated where only branching finds the point, which the file confirms', async () => {
    const { verdicts, found, subject } = await checked(
      robust([needle([0.3716, -0.6127])], origin(2), { budget: { executions: 2000, seconds: 60 } }),
    );
    expect(verdicts).toMatchObject([
      { kind: 'violated', witness: { foundBy: 'branching', summary: 'class 1 instead of class 0' } },
    ]);
    const [hit] = found;
    if (hit === undefined) throw new Error('nothing was found');
    const outputs = await subject.decides?.().run(hit.input);
    expect(judgeRobustness(outputs ?? [], 0).violated).toBe(true);
    expect(hit.seed).toBe(0);
  });

  test('a tie is no win: it is not proved, and its point is a violation', async () => {
    // 2 max(|a|, |b|) is 2 exactly in the corners.
    const { verdicts } = await checked(robust([kinked(2, 2)], origin(2)));
    expect(verdicts).toMatchObject([
      { kind: 'violated', witness: { margin: 0, summary: 'a tie instead of class 0' } },
    ]);
  });

  test('what is not a number is never proved away', async () => {
    const budget = { executions: 1000, seconds: 60 };
    const { verdicts } = await checked(robust([hole([0.3716, -0.6127])], origin(2), { budget }));
    expect(verdicts).toMatchObject([{ kind: 'unknown' }]);
  });

  test('where tests are enough nothing is branched on', async () => {
    const { report, verdicts } = await checked(robust([kinked(2, 2.5)], origin(2), { expect: 'tested' }));
    expect(verdicts).toMatchObject([{ kind: 'tested' }]);
    expect(report.subproblems).toBe(0);
  });

  test('a budget of few executions is one of few sub-problems', async () => {
    const settings = robust([hole([0.3716, -0.6127])], origin(2), {
      budget: { executions: 10, seconds: 60 },
    });
    const { report, verdicts } = await checked(settings);
    expect(verdicts).toMatchObject([
      {
        kind: 'unknown',
        reason: 'loose-bounds',
        detail: expect.stringMatching(/after \d+ sub-problems; no violation in 10 executions/),
      },
    ]);
    // A round that has begun is finished.
    expect(report.subproblems).toBeLessThanOrEqual(10 + 128);
    expect(report.executions).toBe(10);
  });
});

describe('agreement', () => {
  const agree = (files: Setting['files'], inputs = 2) =>
    robust(files, origin(inputs), {
      kind: 'agreement',
      model: undefined,
      models: ['m0', 'm1'],
      budget: { executions: 2000, seconds: 60 },
    });

  test.each([
    ['inputs', 2],
    ['neurons', 20],
  ])('that bounds leave open is proved on both networks as one, by splitting %s', async (_, inputs) => {
    const { verdicts } = await checked(agree([kinked(inputs, 2.5), kinked(inputs, 2.4)], inputs));
    expect(verdicts).toMatchObject([{ kind: 'proved', method: 'branch-and-bound' }]);
    const [verdict] = verdicts;
    if (verdict?.kind !== 'proved') return;
    expect(verdict.margin).toBeGreaterThan(0);
    expect(verdict.margin).toBeLessThanOrEqual(0.4);
  });

  test('is violated where only branching finds the point, which both files confirm', async () => {
    const { verdicts } = await checked(agree([kinked(2, 2.5), needle([0.3716, -0.6127])]));
    expect(verdicts).toMatchObject([
      { kind: 'violated', witness: { foundBy: 'branching', summary: 'm0 says class 0, m1 says class 1' } },
    ]);
  });

  test('of ties the first class is said by both: no violation', async () => {
    const { verdicts } = await checked(agree([kinked(2, 2), kinked(2, 2.5)]));
    expect(verdicts).toMatchObject([{ kind: 'unknown' }]);
  });

  test('of very many classes is not branched on, which is noted', async () => {
    const { model } = mlp(new Draw(1), [2, 8, 21], 'normal');
    const { report, verdicts } = await checked(agree([model, model]));
    expect(verdicts).toMatchObject([{ kind: 'unknown' }]);
    expect(report.notes.join()).toMatch(
      /cannot be decided by branch and bound: .*21 classes have too many pairs/,
    );
  });
});

describe('equal runs', () => {
  const rows = [0, 0.1, 0.2, 0.3, 0.4].map((x) => [x, -x]);
  const settings = robust([needle([0.3716, -0.6127])], rows, { linfEpsilon: 0.9 });

  test('report the same whatever the number of threads', async () => {
    const one = await checked(settings);
    const several = await checked(settings, { runtime: { ...inline, workers: 3 } });
    expect(untimed(several.report)).toEqual(untimed(one.report));
    expect(several.found.map(({ input }) => input).sort()).toEqual(
      one.found.map(({ input }) => input).sort(),
    );
  });
});

describe('the end of time', () => {
  const endless = (seconds: number) =>
    robust([hole([0.3716, -0.6127])], origin(2), { budget: { executions: 1e9, seconds } });

  test('is said, because another run may end elsewhere', async () => {
    const { report, verdicts } = await checked(endless(1.5));
    expect(verdicts).toMatchObject([{ kind: 'unknown' }]);
    expect(report.notes.join()).toMatch(/the time budget of 1.5 s ended with 1 not branched on to the end/);
  });

  test('Ctrl-C ends it', async () => {
    const controller = new AbortController();
    const words: string[] = [];
    const progress = (text: string) => {
      words.push(text);
      if (text.startsWith('branching: ')) controller.abort();
    };
    const { verdicts } = await checked(endless(600), { signal: controller.signal, progress });
    expect(words.at(-1)).toMatch(/^branching: 1 undecided, \d+ sub-problems? of one/);
    expect(verdicts).toMatchObject([{ kind: 'unknown', reason: 'interrupted' }]);
  });
});
