// The planted faults are where the benchmark says, and nowhere else: asked of ONNX Runtime at batch size 1.
import { expect, test } from 'vitest';
import { createRng, type Rng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { argMax } from '../../../src/policy/judge.js';
import {
  type Condition,
  faults,
  GROUP_SIZE,
  GROUPS,
  INPUTS,
  irwinHall,
  SOFTNESS,
  THRESHOLD,
  truthOf,
  volumeOf,
} from '../../bench/fuzz/planted/faults.js';
import { PLANTED_INPUT, plantedModel } from '../../bench/fuzz/planted/model.js';
import { inline } from '../../helpers/programs.js';

const session = inline.open(plantedModel());
async function answer(input: Float32Array): Promise<number> {
  const { logits } = await (await session).run({ [PLANTED_INPUT]: float32(input, [1, INPUTS]) });
  return argMax(logits?.data as Float32Array);
}

/** Groups with given means, to rounding: elements in pairs, one as far above the mean as the other is below. */
function withMeans(means: readonly number[], rng: Rng): Float32Array {
  const input = new Float32Array(INPUTS);
  for (let at = 0; at < INPUTS; at += 2) {
    const mean = means[Math.floor(at / GROUP_SIZE)] ?? 0.5;
    const apart = rng.uniform() * Math.min(mean, 1 - mean);
    input[at] = mean + apart;
    input[at + 1] = mean - apart;
  }
  return input;
}

const meet = ({ wants }: Condition, by: number) => (wants === 'bright' ? THRESHOLD + by : 1 - THRESHOLD - by);

/** Means that meet the conditions of some faults by a distance; all other groups are gray. */
function meansFor(chosen: readonly (readonly Condition[])[], by: number): number[] {
  const means = new Array<number>(GROUPS).fill(0.5);
  for (const condition of chosen.flat()) means[condition.group] = meet(condition, by);
  return means;
}

test('random inputs of every kind are answered as the truth says', async () => {
  const rng = createRng(1, 'planted');
  const seen = { present: 0, absent: 0 };
  for (let draw = 0; draw < 2000; draw++) {
    // Means anywhere, or near the thresholds on either side.
    const means = Array.from({ length: GROUPS }, () => {
      const side = rng.uniform() < 0.5 ? THRESHOLD : 1 - THRESHOLD;
      return rng.uniform() < 0.7 ? side + 0.1 * (rng.uniform() - 0.5) : rng.uniform();
    });
    const input = withMeans(means, rng);
    const truths = faults.map((fault) => truthOf(fault, input));
    if (truths.includes('at the edge')) continue;
    const present = truths.flatMap((truth, at) => (truth === 'present' ? [at + 1] : []));
    const said = await answer(input);
    if (present.length === 0) expect(said).toBe(0);
    else expect(present).toContain(said);
    seen[present.length === 0 ? 'absent' : 'present']++;
  }
  expect(Math.min(seen.present, seen.absent)).toBeGreaterThan(300);
});

test.each(faults.map((fault, at) => [at + 1, fault] as const))(
  'fault %d needs all of its conditions, and a thousandth of a mean decides',
  async (number, fault) => {
    const rng = createRng(number, 'needs');
    const met = withMeans(meansFor([fault], 1.5 * SOFTNESS), rng);
    expect(truthOf(fault, met)).toBe('present');
    expect(await answer(met)).toBe(number);
    for (const missing of fault) {
      const means = meansFor([fault], 0.2);
      means[missing.group] = meet(missing, -SOFTNESS / 100);
      const near = withMeans(means, rng);
      expect(truthOf(fault, near)).toBe('absent');
      expect(await answer(near)).toBe(0);
    }
  },
);

test('class 0 wins in every corner that is outside of the faults', async () => {
  const rng = createRng(3, 'corners');
  for (let draw = 0; draw < 500; draw++) {
    const corner = Float32Array.from({ length: INPUTS }, () => (rng.uniform() < 0.5 ? 0 : 1));
    if (faults.every((fault) => truthOf(fault, corner) === 'absent')) expect(await answer(corner)).toBe(0);
  }
});

test('the volume of a fault is the share of uniform draws that it holds', () => {
  const rng = createRng(4, 'volume');
  const [draws, p] = [200_000, volumeOf(faults[0] ?? [])];
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let at = 0; at < GROUP_SIZE; at++) sum += rng.uniform();
    if (sum / GROUP_SIZE > THRESHOLD) hits++;
  }
  expect(Math.abs(hits - draws * p)).toBeLessThan(5 * Math.sqrt(draws * p));
  expect(hits).toBeGreaterThan(20);
  expect(volumeOf(faults[2] ?? [])).toBeCloseTo(p ** 3, 20);
  // Of three numbers: 1/6 below 1, one half below 1.5.
  expect(irwinHall(3, 1)).toBeCloseTo(1 / 6, 12);
  expect(irwinHall(3, 1.5)).toBeCloseTo(0.5, 12);
});
