// What the attack finds, and how it ends.
import { describe, expect, test } from 'vitest';
import { createDeadline } from '../../../src/base/deadline.js';
import { float32 } from '../../../src/base/tensor.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { type AttackBudget, attack } from '../../../src/verify/attack.js';
import { allOf, balls, budgetOf, oneBox, planted, targetOf, violatedBelow } from '../../helpers/attacks.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';
import { watchingRuntime } from '../../helpers/watching-runtime.js';

const middle = (size: number) => new Array<number>(size).fill(0.5);
const search = (
  encode: ReturnType<typeof planted>,
  set: ReturnType<typeof balls>,
  budget: AttackBudget = budgetOf(64),
) => attack(targetOf(encode, set), allOf(set), budget, 1, inline);

describe('finds planted violations', () => {
  test('at the row itself, in one execution', async () => {
    const { hits, executions } = await search(planted(middle(3), 0.01), balls([middle(3)], 0.1));
    expect(hits).toMatchObject([{ instance: 0, seed: 0, foundBy: 'seed', executions: 1 }]);
    expect(executions[0]).toBe(1);
  });

  test('in corners only', async () => {
    const corner = violatedBelow(
      (p, x) => p.sub(0.999, p.reduceMin(p.abs(p.sub(p.mul(x, 2), 1)), [1])),
      false,
    );
    const { hits, usedGradients } = await search(corner, balls([middle(8)], 0.5));
    expect(hits).toMatchObject([{ foundBy: 'corner' }]);
    expect(usedGradients).toBe(false);
  });

  test('in a far corner of many dimensions, which only gradients reach', async () => {
    const point = Array.from({ length: 40 }, (_, at) => at % 2);
    const linear = violatedBelow((p, x) =>
      p.add(
        p.reduceSum(
          p.mul(
            x,
            p.constant(
              float32(
                point.map((at) => 1 - 2 * at),
                [1, 40],
              ),
            ),
          ),
          [1],
        ),
        19.5,
      ),
    );
    const { hits, smallestMargin } = await search(linear, balls([middle(40)], 0.5));
    expect(hits).toMatchObject([{ foundBy: 'gradient' }]);
    expect(smallestMargin[0]).toBeLessThanOrEqual(0);
  });

  test('from one of many seeds of the whole range', async () => {
    const seeds = Array.from({ length: 300 }, (_, at) => [at / 300, 1 - at / 300]);
    const { hits } = await search(planted([0.7, 0.3], 0.002), oneBox(seeds));
    expect(hits).toMatchObject([{ instance: 0, seed: 210, foundBy: 'seed', executions: 211 }]);
  });
});

describe('models', () => {
  test('without a derivative are attacked with points', async () => {
    const { model } = await opened(
      modelOf(
        ['batch', 4],
        [
          ['Celu', ['x'], 'h'],
          ['Celu', ['h'], 'y'],
        ],
      ),
    );
    const { usedGradients, hits } = await search(
      objectives.robustness(model),
      balls([[0.9, 0.1, 0.1, 0.1]], 0.6),
    );
    expect(usedGradients).toBe(false);
    expect(hits.length).toBe(1);
  });

  test('with a fixed batch size run row by row', async () => {
    const { model } = await opened(
      modelOf([1, 4], [['Reshape', ['x', 'to'], 'y']], {
        to: { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 4n) },
      }),
    );
    expect(model.batched).toBe(false);
    const runtime = watchingRuntime('x');
    const set = balls(
      [
        [0.9, 0.1, 0.1, 0.1],
        [0.9, 0.2, 0.6, 0.1],
        [0.9, 0, 0, 0],
      ],
      0.3,
    );
    const target = targetOf(objectives.robustness(model), set, model.batched);
    const { hits, executions } = await attack(target, allOf(set), budgetOf(64), 1, runtime);
    expect(new Set(runtime.fed.map(({ shape }) => shape[0]))).toEqual(new Set([1]));
    expect(hits.map(({ instance }) => instance)).toEqual([1]);
    expect(executions.reduce((sum, spent) => sum + spent, 0)).toBe(runtime.rows());
  });

  test('without any value that could be infinite are left alone', async () => {
    const { model } = await opened(modelOf(['batch', 2], [['Relu', ['x'], 'y']]));
    const { hits } = await search(objectives.finite(model), balls([[0, 1]], 0.1));
    expect(hits).toEqual([]);
  });
});

describe('a deadline', () => {
  const never = planted([9, 9], 0.1);
  const set = balls(
    Array.from({ length: 600 }, (_, at) => [at / 600, 0.5]),
    0.1,
  );

  test('that is over at once leaves the seeds, and their hits', async () => {
    const budget = { executionsPerInstance: 64, deadline: createDeadline(0, () => 0) };
    expect((await search(never, set, budget)).executions.every((spent) => spent === 1)).toBe(true);
    const { hits, executions } = await search(planted([0.5, 0.5], 0.01), set, budget);
    expect(hits.every(({ foundBy }) => foundBy === 'seed') && hits.length > 0).toBe(true);
    expect(Math.max(...executions)).toBe(1);
  });

  test('that ends on the way stops within a few batches, and all that ran is counted', async () => {
    let runs = 0;
    const runtime = watchingRuntime('x', inline, () => {
      runs++;
    });
    const deadline = { expired: () => runs >= 20, interrupted: () => false };
    const { executions } = await attack(
      targetOf(never, set),
      allOf(set),
      { executionsPerInstance: 1000, deadline },
      1,
      runtime,
    );
    expect(runs).toBeLessThanOrEqual(22);
    expect(executions.reduce((sum, spent) => sum + spent, 0)).toBe(runtime.rows());
  });
});
