// Properties of the rows themselves: counted, with rows as witnesses.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { baselineSummary, withAccepted } from '../../../../src/findings/baseline.js';
import type { Model } from '../../../../src/graph/graph.js';
import type { Setting } from '../../../helpers/checking.js';
import { subjectOf } from '../../../helpers/checking.js';
import { type CountedRun, counted } from '../../../helpers/counting.js';
import { Draw } from '../../../helpers/draw.js';
import { effort } from '../../../helpers/laws.js';
import { modelOf } from '../../../helpers/models.js';
import { exactNetwork, gridPoint } from '../../../helpers/pairs.js';
import { failureOf } from '../../policy/helpers.js';

/** Classes by the sign of a - `threshold`: 1 above it; a tie at it, and class 0 then. */
const above = (threshold: number): Model =>
  modelOf(['batch', 1], [['Gemm', ['x', 'w', 'c'], 'y']], {
    w: float32([-1, 1], [1, 2]),
    c: float32([threshold, -threshold]),
  });

const setting = (
  files: readonly Model[],
  property: object,
  rows: readonly number[],
  labels?: readonly number[],
): Setting => ({
  files,
  rows: rows.map((value) => [value]),
  ...(labels && { labels }),
  range: [-1, 1],
  property: { model: 'm0', ...property },
});

const accuracy = (changes: object = {}, labels: readonly number[] = [0, 0, 1, 0]) =>
  setting([above(0)], { kind: 'accuracy', atLeast: 0.75, ...changes }, [-0.5, 0, 0.5, 0.75], labels);

describe('accuracy', () => {
  test('counts rows; a wrong one is a violation, and the tie is the first class', async () => {
    const { report, found } = await counted(accuracy());
    expect(report).toMatchObject({
      status: 'passed',
      share: { reached: 0.75, required: 0.75 },
      executions: 4,
    });
    expect(report.instances.map(({ verdict }) => verdict.kind)).toEqual([
      'proved',
      'proved',
      'proved',
      'violated',
    ]);
    expect(report.instances[0]).toMatchObject({
      instance: 'row 0',
      verdict: { method: 'execution', margin: 1 },
    });
    expect(report.instances[3]).toMatchObject({
      verdict: { witness: { row: 3, summary: 'class 1 instead of class 0' } },
    });
    expect([...(found[0]?.input ?? [])]).toEqual([0.75]);
  });

  test('fails below the share, whatever is expected', async () => {
    for (const expected of ['proved', 'tested'])
      expect((await counted(accuracy({ atLeast: 0.76, expect: expected }))).report.status).toBe('failed');
  });

  test('a share is met exactly', async () => {
    const labels = [1, ...Array.from({ length: 9 }, () => 0)];
    const rows = labels.map(() => 0.5);
    const property = { kind: 'accuracy', atLeast: 0.1 };
    const { report } = await counted(setting([above(0)], property, rows, labels));
    expect(report).toMatchObject({ status: 'passed', share: { reached: 0.1, required: 0.1 } });
  });

  test('topK takes more of the greatest outputs', async () => {
    const { report } = await counted(accuracy({ atLeast: 1, topK: 2 }));
    expect(report).toMatchObject({ status: 'passed', share: { reached: 1 } });
  });

  describe('saves the findings of the worst rows, of as many as "findings" says', () => {
    const wrong = [0.25, 0.75, 0.5, 1, 0.125];
    const property = { kind: 'accuracy', atLeast: 0, findings: 2 };
    const allWrong = setting(
      [above(0)],
      property,
      wrong,
      wrong.map(() => 0),
    );
    const saved = ({ found, report }: CountedRun) => {
      const witnesses = report.instances.flatMap(({ verdict }) =>
        verdict.kind === 'violated' ? [verdict.witness] : [],
      );
      expect(witnesses.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4]);
      const kept = witnesses.flatMap(({ row, finding }) => (finding === null ? [] : [row]));
      expect(found.map(({ instance }) => instance)).toEqual(kept);
      return kept;
    };

    test('all rows count', async () => {
      const run = await counted(allWrong);
      expect(saved(run)).toEqual([1, 3]);
      expect(run.report).toMatchObject({ share: { reached: 0 }, verdicts: { violated: 5 }, findings: 2 });
      expect(run.report.instances[2]).toMatchObject({
        verdict: { witness: { margin: -1, summary: 'class 1 instead of class 0' } },
      });
      expect([...(run.found[1]?.input ?? [])]).toEqual([1]);
    });

    test('a hundred, if nothing is said', async () => {
      const rows = Array.from({ length: 120 }, () => 0.5);
      const labels = rows.map(() => 0);
      const { found } = await counted(setting([above(0)], { kind: 'accuracy', atLeast: 0 }, rows, labels));
      expect(found.map(({ instance }) => instance)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    });

    test('rows that the baseline accepts come last', async () => {
      const accept = (...rows: readonly number[]) =>
        counted(allWrong, {
          accept: (report) => {
            const entries = rows.map((row) => ({
              ...{ property: report.name, instance: `row ${row}`, models: ['m0'] },
            }));
            return withAccepted(report, ['m0'], entries);
          },
        });
      expect(saved(await accept(1, 3))).toEqual([0, 2]);
      expect(saved(await accept(0, 1, 2, 4))).toEqual([1, 3]);
    });

    test('the baseline accepts rows without a finding, and knows which are stale', async () => {
      const { report } = await counted(allWrong);
      const [name, models] = [report.name, ['m0']];
      const entries = [0, 1, 2, 3, 4].map((row) => ({ property: name, instance: `row ${row}`, models }));
      const accepted = withAccepted(report, models, entries);
      expect(accepted).toMatchObject({ status: 'passed', share: { reached: 1 } });
      const about = { file: 'b', strict: true };
      expect(baselineSummary(entries, [accepted], () => models, about)).toMatchObject({
        accepted: 5,
        stale: [],
      });
    });
  });

  test('needs labels, and labels that are classes', async () => {
    const without = setting([above(0)], { kind: 'accuracy', atLeast: 1 }, [0.5]);
    expect(await failureOf(() => counted(without))).toMatchObject({
      code: 'INVALID_POLICY',
      problem: 'accuracy needs labels, but the data set "rows" has no "labels"',
    });
    expect(await failureOf(() => counted(accuracy({}, [0, 0, 1, 2])))).toMatchObject({
      code: 'INVALID_DATA',
      where: expect.stringMatching(/rows.csv: row 3$/),
    });
  });

  test('Ctrl-C leaves rows unknown, and the gate closed', async () => {
    const controller = new AbortController();
    controller.abort();
    const { report } = await counted(accuracy({ atLeast: 0 }), { signal: controller.signal });
    expect(report).toMatchObject({ status: 'failed', verdicts: { unknown: 4 } });
  });

  describe('Ctrl-C in between', () => {
    // Progress is told every 64 rows: the first 64 are run, and of them the first is wrong, which the baseline accepts.
    const labels = Array.from({ length: 100 }, (_, row) => (row === 0 ? 0 : 1));
    const rows = labels.map(() => 0.5);
    const stopped = (
      property: object,
      files: readonly Model[] = [above(0)],
      accepted = ['row 0', 'row 99'],
    ) => {
      const controller = new AbortController();
      let told = 0;
      return counted(setting(files, property, rows, labels), {
        signal: controller.signal,
        progress: () => {
          if (++told === 2) controller.abort();
        },
        accept: (report) => {
          const { name, models } = report;
          const entries = accepted.map((instance) => ({ property: name, instance, models }));
          const judged = withAccepted(report, models, entries);
          const about = { file: 'b', strict: true };
          expect(baselineSummary(entries, [judged], () => models, about).stale).toEqual([]);
          return judged;
        },
      });
    };

    test('what was run is told, and what a baseline accepts makes no pass of the rest', async () => {
      const { report } = await stopped({ kind: 'accuracy', atLeast: 0.5 });
      expect(report).toMatchObject({
        status: 'failed',
        share: { reached: 63 / 99 },
        verdicts: { proved: 63, violated: 1, unknown: 36 },
        executions: 64,
      });
    });

    test('a proved share that was not looked at is unknown', async () => {
      const lost = { kind: 'regression', baseline: 'm1', accuracyDrop: 1, provedDrop: 1, linfEpsilon: 0.1 };
      const { report } = await stopped(lost, [above(0), above(0.1)], ['row 99']);
      expect(report).toMatchObject({ status: 'failed', executions: 128 });
      expect(report.instances.at(-1)).toMatchObject({
        instance: 'proved share',
        required: true,
        verdict: { kind: 'unknown', reason: 'interrupted' },
      });
    });
  });

  test('is nothing to search for', async () => {
    expect(await failureOf(() => subjectOf(accuracy()))).toMatchObject({
      code: 'INVALID_POLICY',
      problem: 'accuracy is counted on rows: there is nothing to search for',
    });
  });
});

describe('regression', () => {
  const rows = [-0.5, 0.1, 0.3, 0.75];
  const labels = [0, 1, 1, 0];
  /** The new model, m0, loses 0.1 and gains nothing. */
  const regression = (changes: object = {}, files = [above(0.2), above(0)]) =>
    setting(files, { kind: 'regression', baseline: 'm1', ...changes }, rows, labels);

  test('a row that only the baseline has right is a violation; one that both have wrong is none', async () => {
    const { report, saved } = await counted(regression());
    expect(report).toMatchObject({
      status: 'failed',
      share: { reached: 0.75, required: 1 },
      models: ['m0', 'm1'],
    });
    expect(report.instances[1]).toMatchObject({
      verdict: { kind: 'violated', witness: { summary: 'm0 says class 0, m1 says class 1, the label is 1' } },
    });
    expect(report.verdicts).toMatchObject({ proved: 3, violated: 1 });
    expect(saved[0]?.models.map(({ name }) => name)).toEqual(['m0', 'm1']);
  });

  test('a drop is allowed, and what is gained does not make up for it', async () => {
    expect((await counted(regression({ accuracyDrop: 0.25 }))).report.status).toBe('passed');
    // Gains the last row, too.
    expect((await counted(regression({}, [above(0.8), above(0)]))).report.status).toBe('failed');
  });

  test('the share of rows proved robust may not fall either', async () => {
    // Around -0.5, 0.1, 0.3: 0.25 is farther than the threshold of the baseline from all but 0.1, of the new one also from 0.3.
    const proved = (provedDrop: number) =>
      counted(regression({ accuracyDrop: 1, provedDrop, linfEpsilon: 0.25 }));
    const fails = await proved(0.2);
    expect(fails.report.status).toBe('failed');
    expect(fails.report.instances.at(-1)).toMatchObject({
      instance: 'proved share',
      verdict: {
        kind: 'unknown',
        reason: 'loose-bounds',
        detail: 'rows proved robust within 0.25 (linf) fell from 2 to 1 of 4, by more than 0.2 of them',
      },
    });
    const passes = await proved(0.25);
    expect(passes.report).toMatchObject({ status: 'passed', share: { reached: 0.75, required: 0 } });
    expect(passes.report.instances.at(-1)).toMatchObject({
      verdict: { kind: 'proved', method: 'execution' },
    });
  });

  test('provedDrop and linfEpsilon need each other, and two models', async () => {
    expect(await failureOf(() => counted(regression({ provedDrop: 0.1 })))).toMatchObject({
      problem: expect.stringMatching(/provedDrop needs "linfEpsilon"/),
    });
    expect(await failureOf(() => counted(regression({ baseline: 'm0' })))).toMatchObject({
      problem: expect.stringMatching(/one and the same model/),
    });
  });
});

/** A plain reading of the formulas in docs/policy.md, in whole numbers. */
describe('counts and formulas agree on random networks', () => {
  const forward = (file: Model, x: readonly number[]): number[] => {
    const matrix = (name: string) => file.graph.constants.get(name);
    let z = [...x];
    for (let layer = 0; matrix(`w${layer}`) !== undefined; layer++) {
      const [weight, bias] = [matrix(`w${layer}`), matrix(`b${layer}`)];
      const width = weight?.shape[1] ?? 0;
      const sums = Array.from({ length: width }, (_, out) =>
        z.reduce(
          (sum, value, at) => sum + value * Number(weight?.data[at * width + out]),
          Number(bias?.data[out] ?? 0),
        ),
      );
      z = matrix(`w${layer + 1}`) === undefined ? sums : sums.map((value) => Math.max(value, 0));
    }
    return z;
  };
  /** Sorted by value, equal ones by position. */
  const order = (y: readonly number[]): number[] =>
    y.map((_, at) => at).sort((a, b) => (y[b] ?? 0) - (y[a] ?? 0) || a - b);

  // 50 networks are 10,000 rows.
  test.each(['accuracy', 'regression'])('%s', async (kind) => {
    const perNetwork = 200;
    let wrong = 0;
    const networks = Math.min(50, effort(1));
    for (let seed = 1; seed <= networks; seed++) {
      const draw = new Draw(seed);
      const files = [exactNetwork(draw, [3, 5, 4]), exactNetwork(draw, [3, 5, 4])] as const;
      const rows = Array.from({ length: perNetwork }, () => gridPoint(draw, 3));
      const labels = rows.map((row) =>
        draw.int(0, 2) === 0 ? draw.int(0, 3) : (order(forward(files[1], row))[0] ?? 0),
      );
      const topK = draw.int(1, 3);
      const property =
        kind === 'accuracy' ? { kind, atLeast: 0, topK } : { kind, baseline: 'm1', accuracyDrop: 1 };
      const { report } = await counted({
        files: kind === 'accuracy' ? [files[0]] : files,
        rows,
        labels,
        range: [-1, 1],
        property: { model: 'm0', ...property },
      });
      const expected = rows.map((row, at) => {
        const [now, before] = files.map((file) => order(forward(file, row)));
        const label = labels[at] ?? 0;
        return kind === 'accuracy'
          ? now?.slice(0, topK).includes(label) === true
          : !(before?.[0] === label && now?.[0] !== label);
      });
      expect(report.instances.map(({ verdict }) => verdict.kind === 'proved')).toEqual(expected);
      wrong += expected.filter((isRight) => !isRight).length;
    }
    expect(wrong).toBeGreaterThan(networks);
  });
});
