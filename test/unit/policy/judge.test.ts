// What confirms a witness (plain arithmetic) and what search sees (compiled objectives) must be the same, to the last tie.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, int64, tensor } from '../../../src/base/tensor.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import type { Encode } from '../../../src/ops/encoding.js';
import { argMax, judgeAgreement, judgeFinite, judgeRobustness, marginOf } from '../../../src/policy/judge.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { holds } from '../../helpers/laws.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const rowCount = 32;
const special = [0, -0, 1, 1 + 2 ** -23, 2 ** -149, 3.4e38, -3.4e38, Infinity, -Infinity, Number.NaN];
const logit = fc.oneof(
  fc.constantFrom(...special.map(Math.fround)),
  fc.constantFrom(0, 1, 2),
  fc.float({ noNaN: true }),
);
/** [classes, rows of `width * classes` logits, a target per row] */
const table = (width: number) =>
  fc.integer({ min: 2, max: 20 }).chain((classes) =>
    fc.record({
      classes: fc.constant(classes),
      rows: fc.array(fc.array(logit, { minLength: width * classes, maxLength: width * classes }), {
        minLength: rowCount,
        maxLength: rowCount,
      }),
      targets: fc.array(fc.nat(classes - 1), { minLength: rowCount, maxLength: rowCount }),
    }),
  );

const identity = (width: number, nodes: readonly NodeShorthand[], constants = {}) =>
  opened(modelOf(['batch', width], nodes, constants)).then(({ model }) => model);

/** The objective's decision and margin for each row. */
async function encoded(encode: Encode, rows: readonly (readonly number[])[], targets: readonly number[]) {
  const p = new Program();
  const width = rows[0]?.length ?? 0;
  const x = p.input('x', 'float32', ['batch', width]);
  const target = p.input('target', 'int64', ['batch']);
  const { violated, margin, nonFinite } = encode(p, x, target);
  const uses = p.add(p.cast(target, 'float32'), 0);
  const session = await compile(p, { violated, nonFinite, margin: margin ?? uses, uses }, inline);
  const results = await session.run({
    x: float32(rows.flat(), [rows.length, width]),
    target: int64(targets),
  });
  return {
    violated: Array.from(results.violated?.data ?? [], Boolean),
    margin: Array.from(results.margin?.data ?? [], Number),
    nonFinite: Array.from(results.nonFinite?.data ?? [], Boolean),
  };
}

const sameMargin = (exact: number | null, seen: number | undefined) =>
  exact === null || Math.fround(exact) === seen;

describe('objectives and judge agree on any logits', () => {
  test('robustness', async () => {
    await holds(table(1), async ({ classes, rows, targets }) => {
      const model = await identity(classes, [['Identity', ['x'], 'y']]);
      const seen = await encoded(objectives.robustness(model), rows, targets);
      const judged = rows.map((row, at) => judgeRobustness(row, targets[at] ?? 0));
      expect(seen.violated).toEqual(judged.map(({ violated }) => violated));
      expect(judged.every(({ margin }, at) => sameMargin(margin, seen.margin[at]))).toBe(true);
    });
  });

  test('agreement', async () => {
    await holds(table(2), async ({ classes, rows, targets }) => {
      const half = (from: number) =>
        identity(2 * classes, [['Gather', ['x', 'at'], 'y', { axis: 1 }]], {
          at: int64(Array.from({ length: classes }, (_, at) => from + at)),
        });
      const models = [await half(0), await half(classes)] as const;
      const seen = await encoded(objectives.agreement(...models), rows, targets);
      const judged = rows.map((row) =>
        judgeAgreement(row.slice(0, classes), row.slice(classes), ['first', 'second']),
      );
      expect(seen.violated).toEqual(judged.map(({ violated }) => violated));
      expect(judged.every(({ margin }, at) => sameMargin(margin, seen.margin[at]))).toBe(true);
    });
  });

  test('finite, also where huge values add up to more than a float32 holds', async () => {
    await holds(table(1), async ({ classes, rows, targets }) => {
      const model = await identity(classes, [['Mul', ['x', 'one'], 'y']], {
        one: tensor('float32', [], Float32Array.of(1)),
      });
      const seen = await encoded(objectives.finite(model), rows, targets);
      const judged = rows.map((row) => judgeFinite([['y', row]]).violated);
      expect(seen.violated).toEqual(judged);
      expect(seen.nonFinite).toEqual(judged);
    });
  });
});

describe('judge', () => {
  test.each([
    { outputs: [1, 3, 2], target: 1, violated: false, margin: 1 },
    { outputs: [3, 3, 2], target: 0, violated: true, margin: 0 },
    { outputs: [0, -0], target: 0, violated: true, margin: 0 },
    { outputs: [1, Number.NaN], target: 0, violated: true, margin: null },
    { outputs: [Number.NaN, 1], target: 0, violated: true, margin: null },
    { outputs: [Infinity, 1], target: 0, violated: false, margin: null },
    { outputs: [Infinity, Infinity], target: 0, violated: true, margin: null },
    { outputs: [-Infinity, -Infinity], target: 0, violated: true, margin: null },
  ])('$outputs with target $target', ({ outputs, target, violated, margin }) => {
    expect(judgeRobustness(outputs, target)).toMatchObject({ violated, margin });
  });

  test('a class that is not there beats nothing', () => {
    expect(judgeRobustness([1, 2], 5).violated).toBe(true);
    expect(judgeRobustness([], 0).violated).toBe(true);
  });

  test('argMax takes the first of equals and refuses NaN', () => {
    expect([argMax([1, 2, 2]), argMax([-Infinity, -Infinity]), argMax([1, Number.NaN])]).toEqual([1, 0, -1]);
    expect(marginOf([5, 1, 3], 0)).toBe(2);
  });

  test('two models that both answer NaN do not agree', () => {
    const nan = [Number.NaN, 1];
    expect(judgeAgreement(nan, nan, ['a', 'b'])).toEqual({
      violated: true,
      margin: null,
      summary: 'a says not a number, b says not a number',
    });
  });

  test('finite names the first value that is not', () => {
    const values = [
      ['a', [1, 2]],
      ['b', [3, -Infinity]],
      ['c', [Number.NaN]],
    ] as const;
    expect(judgeFinite(values)).toMatchObject({ violated: true, summary: '-Infinity first appears in b' });
    expect(judgeFinite([])).toMatchObject({ violated: false });
  });
});
