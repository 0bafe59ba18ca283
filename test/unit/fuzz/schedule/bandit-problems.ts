// Bandit problems of the kind that a fuzzer poses, and other bandits to compare with.
import { createRng, type Rng } from '../../../../src/base/rng.js';
import type { Bandit } from '../../../../src/fuzz/schedule/bandit.js';

export type Learner = Pick<Bandit, 'choose' | 'learn'>;

/** Rewards per execution of each arm, given how many executions have passed and what each arm has yielded so far. */
export type Yields = (executions: number, rewards: readonly number[]) => readonly number[];

export const rows = 1024;
export const arms = 12;

/** Lessons come late, as from batches under way in other threads. */
const delay = 16;

const oneGood = (good: number) => Array.from({ length: arms }, (_, arm) => (arm === good ? 0.01 : 0.002));

export const problems = {
  /** One arm is five times as good as the others. */
  steady: () => oneGood(3),
  /** It is another arm every third of the run. */
  drifting: (executions: number) => oneGood([3, 7, 0][Math.floor((executions / runLength) * 3)] ?? 0),
  /** Every arm has a stock of discoveries, and finds the fewer the fewer are left. */
  exhausting: (_: number, rewards: readonly number[]) =>
    rewards.map((reward, arm) => 2e-6 * Math.max(0, 200 * (arm + 1) - reward)),
  /** As in a long run: rewards are rare, one in 50,000 executions and more. */
  rare: () => oneGood(5).map((rate) => rate / 500),
} satisfies Record<string, Yields>;

export const runLength = 3000 * rows;

/** Total reward, and the arms that were chosen. */
export function play(
  learner: Learner,
  yields: Yields,
  seed: number,
): { reward: number; choices: Int32Array } {
  const [rng, nature] = [createRng(seed, 'bandit'), createRng(seed, 'nature')];
  const choices = new Int32Array(runLength / rows);
  const rewards = new Array<number>(arms).fill(0);
  const waiting: { arm: number; reward: number }[] = [];
  for (let at = 0; at < choices.length; at++) {
    const arm = learner.choose(rng);
    choices[at] = arm;
    const reward = poisson((yields(at * rows, rewards)[arm] ?? 0) * rows, nature);
    rewards[arm] = (rewards[arm] ?? 0) + reward;
    waiting.push({ arm, reward });
    const lesson = waiting.length > delay ? waiting.shift() : undefined;
    if (lesson !== undefined) learner.learn(lesson.arm, { executions: rows, reward: lesson.reward });
  }
  return { reward: rewards.reduce((sum, value) => sum + value, 0), choices };
}

/** Knuth's product of uniforms; for small means. */
function poisson(mean: number, rng: Rng): number {
  let count = 0;
  for (let product = rng.uniform(); product > Math.exp(-mean); product *= rng.uniform()) count++;
  return count;
}

export const uniformBandit = (): Learner => ({ choose: (rng) => rng.below(arms), learn: () => {} });

/** UCB1-tuned (Auer et al. 2002) on the reward of a batch over the greatest seen, with fading counts (D-UCB). */
export function ucbBandit(kept = 0.998): Learner {
  let count = new Array<number>(arms).fill(0);
  let total = count;
  let squares = count;
  let greatest = 1e-9;
  const bound = (arm: number, all: number): number => {
    const n = count[arm] ?? 0;
    if (n < 1e-3) return Infinity;
    const mean = (total[arm] ?? 0) / n / greatest;
    const variance =
      (squares[arm] ?? 0) / n / greatest ** 2 - mean ** 2 + Math.sqrt((2 * Math.log(all + 1)) / n);
    return mean + Math.sqrt((Math.log(all + 1) / n) * Math.min(0.25, variance));
  };
  return {
    choose() {
      const all = count.reduce((sum, value) => sum + value, 0);
      const bounds = count.map((_, arm) => bound(arm, all));
      return bounds.indexOf(Math.max(...bounds));
    },
    learn(arm, { reward }) {
      greatest = Math.max(greatest, reward);
      const lesson = (values: number[], term: number) =>
        values.map((value, at) => value * kept + (at === arm ? term : 0));
      count = lesson(count, 1);
      total = lesson(total, reward);
      squares = lesson(squares, reward ** 2);
    },
  };
}

/** EXP3.S (Auer et al. 2002, section 8), made for drift; rewards over the greatest seen. */
export function exp3Bandit(exploration = 0.1, shared = 1e-3): Learner {
  let weights = new Array<number>(arms).fill(1);
  let greatest = 1e-9;
  const shares = () => {
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => (1 - exploration) * (weight / all) + exploration / arms);
  };
  return {
    choose(rng) {
      const drawn = rng.uniform();
      let below = 0;
      for (const [arm, share] of shares().entries()) {
        below += share;
        if (drawn < below) return arm;
      }
      return arms - 1;
    },
    learn(arm, { reward }) {
      greatest = Math.max(greatest, reward);
      const estimate = reward / greatest / (shares()[arm] ?? 1);
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      weights = weights.map(
        (weight, at) =>
          weight * (at === arm ? Math.exp((exploration * estimate) / arms) : 1) +
          (Math.E * shared * all) / arms,
      );
      const scale = Math.max(...weights);
      weights = weights.map((weight) => weight / scale);
    },
  };
}
