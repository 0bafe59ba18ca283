// Parts with every neuron split are decided by linear programs.
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../../src/base/tensor.js';
import { type Question, rowsBelow, searched } from '../../../../helpers/activation-search.js';
import { type Dense, mlpModel } from '../../../../helpers/mlps.js';
import { modelOf } from '../../../../helpers/models.js';
import { opened } from '../../../../helpers/opened.js';

const layer = (weight: readonly (readonly number[])[], bias: readonly number[]): Dense => ({
  weight: float32(weight.flat(), [weight.length, bias.length]),
  bias: float32(bias),
});

/** So small beside what reads it that multipliers have to be in the thousands: gradient steps do not get there. */
const tiny = 2 ** -10;

/**
 * |d| - max(d - 1/2, 0) of d = x0 - x1: d by way of a neuron that is always positive, and 2 max(-d, 0) and the rest by way of tiny ones. The
 * line of one of their four parts is far below, but nothing is there.
 */
const kinked = () =>
  opened(
    mlpModel(
      [
        layer(
          [
            [1, -tiny, tiny],
            [-1, tiny, -tiny],
          ],
          [4, 0, -tiny / 2],
        ),
        layer([[1], [2 / tiny], [-1 / tiny]], [-4]),
      ],
      ['batch', 2],
    ),
  );

/** At no corner of this box the network is below 0.3. */
const box = { lower: Float32Array.of(-1, -0.7), upper: Float32Array.of(1, 0.6) };

const below = (bound: number): Question => ({ ...box, rows: rowsBelow([[1]], 2, bound) });

const { cache } = createRequire(import.meta.url);
const solver = () => Object.keys(cache).filter((file) => file.includes('/node_modules/highs/'));
const isLoaded = () => solver().length > 0;
/** Whatever other test file of this process has loaded it. */
const unload = () => {
  for (const file of solver()) delete cache[file];
};

describe('a network whose multipliers gradients do not find', () => {
  test('is proved by looser bounds where they are enough, without the solver', async () => {
    unload();
    expect(await searched(await kinked(), below(-4))).toMatchObject({ state: 'empty' });
    expect(isLoaded()).toBe(false);
  });

  test('is proved by linear programs, with nearly the greatest bound', async () => {
    const { state, bound, explanation } = await searched(await kinked(), below(-0.01));
    expect(state).toBe('empty');
    expect(bound).toBeGreaterThan(0.009);
    expect(bound).toBeLessThanOrEqual(0.01);
    expect(explanation.at(-1)).toMatch(/^everything split: \d linear programs proved \d parts, 0 are left$/);
    expect(isLoaded()).toBe(true);
  });

  test('has a counterexample in a thin part that no corner shows', async () => {
    expect(await searched(await kinked(), below(1e-4))).toMatchObject({ outcome: 'found' });
  });

  test('is left open where rounding decides', async () => {
    const { state, reason, bound } = await searched(await kinked(), below(-1e-7));
    expect([state, reason]).toEqual(['open', 'exhausted']);
    expect(bound).toBeGreaterThan(-1e-4);
  });
});

describe('of several rows', () => {
  // As before, plus and minus x0 + x1: neither is positive everywhere.
  const pair = () =>
    opened(
      mlpModel(
        [
          layer(
            [
              [1, -tiny, tiny, 1],
              [-1, tiny, -tiny, 1],
            ],
            [4, 0, -tiny / 2, 4],
          ),
          layer(
            [
              [1, 1],
              [2 / tiny, 2 / tiny],
              [-1 / tiny, -1 / tiny],
              [1, -1],
            ],
            [-8, 0],
          ),
        ],
        ['batch', 2],
      ),
    );
  const both = (bound: number, factor = 1): Question => ({
    ...box,
    rows: rowsBelow(
      [
        [1, 0],
        [0, factor],
      ],
      2,
      bound,
    ),
  });

  test('a sum proves what none proves', async () => {
    expect(await searched(await pair(), both(-0.01))).toMatchObject({ state: 'empty' });
  });

  test('weights need not be float32 numbers', async () => {
    expect(await searched(await pair(), both(-0.01, Math.fround(0.3)))).toMatchObject({ state: 'empty' });
  });

  test('a point satisfies all', async () => {
    expect(await searched(await pair(), both(1e-3))).toMatchObject({ outcome: 'found' });
  });
});

test('other pieces than those of Relu', async () => {
  // |d| - |d - 1/2| / 2.
  const first = layer(
    [
      [tiny, tiny],
      [-tiny, -tiny],
    ],
    [0, -tiny / 2],
  );
  const last = layer([[1 / tiny], [-1 / (2 * tiny)]], [0]);
  const file = modelOf(
    ['batch', 2],
    [
      ['MatMul', ['x', 'w'], 'p'],
      ['Add', ['p', 'b'], 'z'],
      ['Abs', ['z'], 'h'],
      ['MatMul', ['h', 'v'], 'y'],
    ],
    { w: first.weight, b: float32([0, -tiny / 2]), v: last.weight },
  );
  const network = await opened(file);
  const proved = await searched(network, below(-0.26));
  expect(proved).toMatchObject({ state: 'empty' });
  expect(proved.explanation.at(-1)).toMatch(/^everything split: . linear programs/);
  expect(await searched(network, below(-0.2499))).toMatchObject({ outcome: 'found' });
});

test('stopped at any moment, the answer is the time or the whole answer', async () => {
  const network = await kinked();
  const answer = async (questions: number) => {
    let asked = 0;
    const deadline = { expired: () => asked++ >= questions, interrupted: () => asked > questions };
    const { state, reason } = await searched(network, below(-0.01), { deadline });
    return { answer: state === 'empty' ? state : reason, asked };
  };
  const whole = await answer(Infinity);
  expect(whole.answer).toBe('empty');
  const answers = new Set<string | undefined>();
  for (let questions = 0; questions < whole.asked; questions += Math.ceil(whole.asked / 20))
    answers.add((await answer(questions)).answer);
  // Near the end, within linear programs.
  for (let back = 1; back < 12; back++) answers.add((await answer(whole.asked - back)).answer);
  expect([...answers].filter((word) => word !== 'empty')).toEqual(['interrupted']);
});
