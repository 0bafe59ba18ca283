import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { createBandit, gamma } from '../../../../src/fuzz/schedule/bandit.js';
import { chiSquareRatio } from '../../../helpers/chi-square.js';
import {
  arms,
  exp3Bandit,
  type Learner,
  play,
  problems,
  rows,
  runLength,
  ucbBandit,
  uniformBandit,
  type Yields,
} from './bandit-problems.js';
import { tally } from './corpora.js';

const names = Array.from({ length: arms }, (_, arm) => `arm ${arm}`);
const thompson = () => createBandit(names);

const seeds = [1, 2, 3, 4, 5];
const total = (create: () => Learner, yields: Yields): number =>
  seeds.reduce((sum, seed) => sum + play(create(), yields, seed).reward, 0);

const rivals: Record<string, () => Learner> = {
  'UCB1-tuned, memory 500': () => ucbBandit(0.998),
  'UCB1-tuned, memory 100': () => ucbBandit(0.99),
  'EXP3.S': () => exp3Bandit(0.1, 1e-3),
  'EXP3.S, exploring': () => exp3Bandit(0.3, 1e-3),
  'EXP3.S, forgetful': () => exp3Bandit(0.1, 1e-2),
};

// Measured: 3.41, 2.81, 1.19 and 1.53. Who always knew the best arm of `steady` would have 3.47, after the floor.
describe.each([
  { name: 'steady' as const, factor: 3.2 },
  { name: 'drifting' as const, factor: 2.5 },
  { name: 'exhausting' as const, factor: 1.15 },
  { name: 'rare' as const, factor: 1.2 },
])('on the problem "$name"', ({ name, factor }) => {
  const reward = total(thompson, problems[name]);

  test('beats the uniform choice', () => {
    expect(reward / total(uniformBandit, problems[name])).toBeGreaterThan(factor);
  });

  test.each(Object.entries(rivals))('beats %s', (_, create) => {
    expect(reward).toBeGreaterThan(total(create, problems[name]));
  });
});

test('finds the best arm again after a drift', () => {
  for (const seed of seeds) {
    const { choices } = play(thompson(), problems.drifting, seed);
    const third = runLength / rows / 3;
    for (const [phase, best] of [3, 7, 0].entries()) {
      const late = [...choices.subarray(Math.round((phase + 0.7) * third), (phase + 1) * third)];
      const share = late.filter((arm) => arm === best).length / late.length;
      expect(share).toBeGreaterThan(0.75);
    }
  }
});

test('every arm keeps the floor, however bad', () => {
  const { choices } = play(createBandit(names, { floor: 0.24 }), problems.steady, 1);
  const counts = tally([...choices], arms);
  // Three standard deviations below 2 % of 3,000.
  for (const count of counts) expect(count).toBeGreaterThan(60 - 3 * Math.sqrt(60));
});

test('without lessons every arm is as likely as any other', () => {
  const [bandit, rng] = [thompson(), createRng(7)];
  const counts = tally(
    Array.from({ length: 12_000 }, () => bandit.choose(rng)),
    arms,
  );
  expect(chiSquareRatio(counts, new Array(arms).fill(1 / arms))).toBeLessThan(1);
});

test('a reward counts per execution: a dear arm must yield more', () => {
  const [bandit, rng] = [createBandit(['cheap', 'dear'], { floor: 0 }), createRng(1)];
  for (let at = 0; at < 20; at++) {
    bandit.learn(0, { executions: 1000, reward: 10 });
    bandit.learn(1, { executions: 4000, reward: 20 });
  }
  const choices = tally(
    Array.from({ length: 1000 }, () => bandit.choose(rng)),
    2,
  );
  expect(choices[0]).toBeGreaterThan(990);
});

test('the table sums since the start; shares are those of late', () => {
  const bandit = createBandit(['a', 'b'], { halfLife: 1000 });
  expect(bandit.table().map(({ share }) => share)).toEqual([0, 0]);
  bandit.learn(0, { executions: 1000, reward: 3 });
  bandit.learn(1, { executions: 1000, reward: 0 });
  expect(bandit.table()).toEqual([
    { name: 'a', executions: 1000, reward: 3, share: 500 / 1500 },
    { name: 'b', executions: 1000, reward: 0, share: 1000 / 1500 },
  ]);
});

test('equal draws give equal choices', () => {
  const choices = () => [...play(thompson(), problems.drifting, 9).choices];
  expect(choices()).toEqual(choices());
});

test('one arm, one choice', () => {
  expect(createBandit(['only']).choose(createRng(1))).toBe(0);
});

// Shares of ten bins of equal probability, by the distribution functions in closed form.
test.each([
  { shape: 1, below: (x: number) => 1 - Math.exp(-x) },
  { shape: 2, below: (x: number) => 1 - Math.exp(-x) * (1 + x) },
  { shape: 3, below: (x: number) => 1 - Math.exp(-x) * (1 + x + x ** 2 / 2) },
])('gamma draws of shape $shape are distributed as such', ({ shape, below }) => {
  const rng = createRng(4);
  const bins = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 20_000; draw++) {
    const bin = Math.floor(10 * below(gamma(shape, rng)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(chiSquareRatio(bins, new Array(10).fill(0.1))).toBeLessThan(1);
});
