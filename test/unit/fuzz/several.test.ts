// Several objectives at once: the run goes on after a hit, and every kind of failure is reported, but not over and over.
import { describe, expect, test } from 'vitest';
import { zeros } from '../../../src/base/tensor.js';
import type { Hit } from '../../../src/fuzz/events.js';
import { composed, objectives } from '../../../src/fuzz/objectives/index.js';
import { signalsOf } from '../../../src/fuzz/programs/screened.js';
import type { Encode } from '../../../src/ops/encoding.js';
import { Program } from '../../../src/program/program.js';
import { inline } from '../../helpers/programs.js';
import { watchingRuntime } from '../../helpers/watching-runtime.js';
import { firstAbove } from './encodes.js';
import { randomTensor, smallMlp, typed, unitSet } from './networks.js';
import { runFuzz, targetOf } from './runs.js';

const set = unitSet(zeros('float32', [3, 4]), true);

/** Violated where element 1 is beyond 0.25 either way; the sides are clusters, the margin is what is missing. */
const secondFar: Encode = (p, x, target) => {
  const second = p.reshape(p.slice(x, 1, 1, 2), x.shape.slice(0, 1));
  const margin = p.sub(0.25, p.abs(second));
  const cluster = p.cast(p.greater(second, 0), 'int64');
  return { ...firstAbove(9)(p, x, target), violated: p.less(margin, 0), margin, losses: [margin], cluster };
};

const both = composed(firstAbove(0.25), { second: secondFar });
const kindOf = ({ objective, instance, cluster }: Hit) => `${objective}/${instance}/${cluster}`;
const byKindOf = (hits: readonly Hit[]): Map<string, Hit[]> => {
  const kinds = new Map<string, Hit[]>();
  for (const hit of hits) kinds.set(kindOf(hit), [...(kinds.get(kindOf(hit)) ?? []), hit]);
  return kinds;
};
const depthOf = ({ objective, input }: Hit) =>
  objective === 'main' ? (input[0] ?? 0) - 0.25 : Math.abs(input[1] ?? 0) - 0.25;

describe('a hit decides nothing', () => {
  test.each(['none', 'ascent'] as const)(
    'every kind is reported, the clearer ones again; gradients: %s',
    async (gradients) => {
      const { result, hits, strange, steps } = await runFuzz(both, set, { decides: false, gradients });
      expect([result.executions, steps.at(-1)?.open]).toEqual([20_000, 3]);
      expect(strange).toEqual([]);
      const byKind = byKindOf(hits);
      const kinds = [0, 1, 2].flatMap((at) => [`main/${at}/0`, `second/${at}/0`, `second/${at}/1`]);
      expect([...byKind.keys()].sort()).toEqual(kinds.sort());
      for (const found of byKind.values()) {
        expect(found.length).toBeLessThanOrEqual(4);
        found.forEach((hit, at) => {
          expect(depthOf(hit)).toBeGreaterThan(at === 0 ? 0 : 1.5 * depthOf(found[at - 1] as Hit) - 1e-6);
        });
      }
      expect(Math.max(...[...byKind.values()].map((found) => found.length))).toBeGreaterThan(1);
    },
  );

  test('all that looked like findings is counted, reported or not', async () => {
    const runtime = watchingRuntime('target');
    const { hits, steps } = await runFuzz(both, set, { decides: false, runtime });
    const violations = steps.map((step) => step.violations);
    expect([...(violations.at(-1)?.keys() ?? [])].sort()).toEqual(['finite', 'main', 'second']);
    for (const name of ['main', 'second']) {
      const counts = violations.map((counted) => counted.get(name) ?? 0);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1)).toBeGreaterThan(10 * hits.filter(({ objective }) => objective === name).length);
    }
    expect(violations.at(-1)?.get('finite')).toBe(0);
  });

  test('what replay refuses is offered eight times per kind', async () => {
    const { hits } = await runFuzz(both, set, { decides: false, confirm: async () => false });
    const counts = [...byKindOf(hits).values()].map((found) => found.length);
    expect(counts).toEqual(new Array(9).fill(8));
  });

  test('the seeds themselves are judged first, within the budget', async () => {
    const far = unitSet(randomTensor([700, 4], 5), true);
    const { result, hits } = await runFuzz(both, far, { decides: false, executions: 600 });
    expect(result.executions).toBe(600);
    const expected = [...Array(600).keys()].filter((seed) => (far.seeds.data[4 * seed] ?? 0) > 0.25);
    const main = hits.filter(({ objective }) => objective === 'main');
    expect(main.map(({ seed }) => seed)).toEqual(expected);
    for (const { seed, input, executions, instanceExecutions, lineage } of main) {
      expect(input).toEqual(far.seeds.data.slice(4 * seed, 4 * seed + 4));
      expect([executions, instanceExecutions, lineage.by, lineage.parent]).toEqual([seed + 1, 1, 'seed', -1]);
    }
  });

  test('so are those of models that take one input at a time', async () => {
    const far = unitSet(randomTensor([9, 4], 5), true);
    const { hits } = await runFuzz(both, far, { decides: false, executions: 9, batched: false });
    const main = hits.filter(({ objective }) => objective === 'main');
    expect(main.length).toBeGreaterThan(0);
    for (const { seed, input } of main) expect(input).toEqual(far.seeds.data.slice(4 * seed, 4 * seed + 4));
  });
});

test('a hit decides its instance where that is asked for, whatever else is looked for', async () => {
  const { result, hits } = await runFuzz(both, set, { decides: true });
  expect(
    hits
      .filter(({ objective }) => objective === 'main')
      .map(({ instance }) => instance)
      .sort(),
  ).toEqual([0, 1, 2]);
  expect(result.executions).toBeLessThan(20_000);
});

describe('what is not finite has one name', () => {
  const namesOf = (encode: Encode, objective: string): string[] => {
    const p = new Program();
    const encoding = encode(p, p.input('x', 'float32', ['batch', 4]), p.input('target', 'int64', ['batch']));
    return signalsOf(encoding, targetOf(encode, set, { objective })).map(([name]) => name);
  };

  test('whoever finds it', async () => {
    const [model, other] = [await smallMlp(), await smallMlp(7)];
    const [robust, finite] = [objectives.robustness(model), objectives.finite(model)];
    const agreement = objectives.agreement(model, other);
    expect(namesOf(robust, 'robustness')).toEqual(['robustness', 'finite']);
    expect(namesOf(finite, 'finite')).toEqual(['finite']);
    expect(namesOf(finite, 'no overflow')).toEqual(['no overflow']);
    expect(namesOf(composed(robust, { finite }), 'robustness')).toEqual(['robustness', 'finite']);
    expect(namesOf(composed(finite, { agreement }), 'finite')).toEqual(['finite', 'agreement']);
  });

  test('it is reported once per instance and node, beside the others', async () => {
    const pole = await typed(
      ['batch', 4],
      [
        ['Relu', ['x'], 'r'],
        ['Reciprocal', ['r'], 'y'],
      ],
    );
    const { strange, steps } = await runFuzz(
      composed(firstAbove(0.25), { finite: objectives.finite(pole) }),
      set,
      {
        decides: false,
        executions: 3000,
      },
    );
    expect(strange.map(({ instance, cluster }) => [instance, cluster])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(steps.at(-1)?.violations.get('finite')).toBeGreaterThan(1000);
  });
});

test('the model is executed once for all objectives', async () => {
  const runtime = watchingRuntime('target', inline);
  const { result } = await runFuzz(both, set, { decides: false, runtime, executions: 5000 });
  expect([runtime.rows(), result.executions]).toEqual([5000, 5000]);
});
