// The normal form says exactly what the text says: at every point one disjunct holds if and only if all assertions do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Rng } from '../../../src/base/rng.js';
import { parseVnnlib } from '../../../src/policy/vnnlib/parse.js';
import { holds } from '../../helpers/laws.js';
import { contains } from './disjuncts.js';
import { conditions, print, read, type SExpression, satisfied } from './s-expressions.js';

type Language = {
  readonly version: '1.0' | '2.0';
  readonly declarations: string;
  /** Names of the elements of x and y, in order. */
  readonly x: readonly string[];
  readonly y: readonly string[];
};

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${letter}_${at}`);

const languages: Language[] = [
  {
    version: '1.0',
    declarations: [...numbered('X', 3), ...numbered('Y', 3)]
      .map((name) => `(declare-const ${name} Real)`)
      .join(''),
    x: numbered('X', 3),
    y: numbered('Y', 3),
  },
  {
    version: '2.0',
    declarations: `(vnnlib-version <2.0>)
      (declare-network f (declare-input A float32 [2,1]) (declare-hidden H float32 [] "h") (declare-output B float32 [1]))
      (declare-network g (declare-input C float32 []) (declare-output D float32 [1,1]))`,
    x: ['A[0,0]', 'A[1,0]', 'C'],
    y: ['H', 'B[0]', 'D[0,0]'],
  },
];

/** Multiples of 1/4 from -3 to 3: many lie on a bound, some outside of the box. */
const drawn = (rng: Rng, count: number) => Array.from({ length: count }, () => (rng.below(25) - 12) / 4);

/** Every input lies between -2.5 and 2.5, whatever else is asserted. */
const box = (names: readonly string[]): SExpression[] =>
  names.map((name) => ['assert', ['and', ['>=', name, '-2.5'], ['<=', name, '2.5']]]);

describe.each(languages)('VNN-LIB $version', ({ version, declarations, x: xs, y: ys }) => {
  const condition = conditions(fc.constantFrom(...xs, ...ys), version);

  test('a disjunct holds where the text does, and nowhere else', async () => {
    const seen = { true: 0, false: 0 };
    await holds(
      fc.tuple(fc.array(condition, { minLength: 1, maxLength: 3 }), fc.nat()),
      async ([asserted, seed]) => {
        const rng = createRng(seed);
        const expressions = [...asserted.map((part): SExpression => ['assert', part]), ...box(xs)];
        const space = () => ['', ' ', '\n', '\t; (or\n'][rng.below(4)] ?? '';
        const text = declarations + expressions.map((expression) => print(expression, space)).join(space());
        const { disjuncts } = parseVnnlib(text, 'law.vnnlib');
        for (let points = 0; points < 60; points++) {
          const [x, y] = [drawn(rng, xs.length), drawn(rng, ys.length)];
          const point = new Map([...xs, ...ys].map((name, at) => [name, [...x, ...y][at] ?? Number.NaN]));
          const expected = satisfied(expressions, point);
          seen[`${expected}`]++;
          if (disjuncts.some((disjunct) => contains(disjunct, x, y)) !== expected)
            throw new Error(`${expected} at ${[...point]}: ${text}`);
        }
      },
      400,
    );
    // The law would hold emptily of formulas that are never true, or always.
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(1000);
  });

  test('boxes and constraints have the promised form', async () => {
    await holds(
      condition,
      async (asserted) => {
        const text =
          declarations + [['assert', asserted], ...box(xs)].map((part) => print(part, () => ' ')).join('');
        const { disjuncts } = parseVnnlib(text, 'law.vnnlib');
        const boxes = new Map<string, Float64Array>();
        for (const { lower, upper, constraints } of disjuncts) {
          expect([...lower, ...upper].every(Number.isFinite)).toBe(true);
          expect(lower.every((least, at) => least <= (upper[at] ?? Number.NaN))).toBe(true);
          const key = `${lower}|${upper}`;
          expect(boxes.get(key) ?? lower).toBe(lower);
          boxes.set(key, lower);
          for (const { inputs, outputs } of constraints) {
            expect(inputs.indices.length + outputs.indices.length).toBeGreaterThan(0);
            expect(inputs.indices.length === 1 && outputs.indices.length === 0).toBe(false);
            for (const { indices, coefficients } of [inputs, outputs]) {
              expect(indices.every((index, at) => at === 0 || index > (indices[at - 1] ?? 0))).toBe(true);
              expect(
                coefficients.every((coefficient) => coefficient !== 0 && Number.isFinite(coefficient)),
              ).toBe(true);
            }
          }
        }
      },
      200,
    );
  });

  test('the reader of this law reads what it prints', async () => {
    await holds(condition, async (asserted) => {
      expect(read(print(asserted, () => '; )(\n'))).toEqual([asserted]);
    });
  });
});

test('text that was cut or changed is refused with a place, or read', async () => {
  const [{ declarations, x } = { declarations: '', x: [] }] = languages;
  const whole =
    declarations +
    box(x)
      .map((part) => print(part, () => ' '))
      .join('');
  const piece = fc.constantFrom('(', ')', ' ', '"', '[', '0', '-', 'X_0', 'or', ';', '\n', '');
  await holds(
    fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: 12 }), piece),
    async ([at, length, inserted]) => {
      const text = whole.slice(0, at) + inserted + whole.slice(at + length);
      try {
        expect(parseVnnlib(text, 'law.vnnlib').inputSize).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({
          code: 'INVALID_PROPERTY',
          details: { where: expect.stringMatching(/^law\.vnnlib:\d+:\d+$/), hint: expect.any(String) },
        });
      }
    },
    500,
  );
});
