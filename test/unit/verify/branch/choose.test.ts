import { expect, test } from 'vitest';
import { noDeadline } from '../../../../src/base/deadline.js';
import { createRng } from '../../../../src/base/rng.js';
import { float32 } from '../../../../src/base/tensor.js';
import { branch } from '../../../../src/verify/branch/choose.js';
import { Draw } from '../../../helpers/draw.js';
import { mlp } from '../../../helpers/mlps.js';
import { modelOf } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

const perceptron = mlp(new Draw(3), [20, 8, 6, 2], 'normal').model;

/** A property of a network of 20 inputs of which `varying` vary: its first output is above `bound`. */
async function asked(varying: number, bound: number, file = perceptron) {
  const { model } = await opened(file);
  const lower = new Float32Array(20).fill(0.5);
  return branch({
    model,
    disjuncts: [
      {
        index: 4,
        lower,
        upper: lower.map((low, at) => (at < varying ? low + 0.25 : low)),
        rows: {
          count: 1,
          outputs: Float32Array.of(1, 0),
          inputs: new Float32Array(20),
          bounds: Float64Array.of(bound),
        },
        known: Float64Array.of(-Infinity),
      },
    ],
    arithmetic: 'deployed',
    memoryBytes: 2 ** 28,
    deadline: noDeadline,
    clock: () => 0,
    rng: createRng(1, 'branching'),
    runtime: inline,
    inline,
    tryPoints: async () => true,
    suggest: () => {},
    attack: async () => false,
  });
}

test.each([
  [3, 'inputs are split'],
  [20, 'neurons are split'],
])('%i inputs that vary: %s', async (varying, line) => {
  const { results, strategy } = await asked(varying, -50);
  expect(strategy.explanation[0]).toBe(`${varying} inputs vary; 14 neurons can be split`);
  expect(strategy.explanation).toContain(line);
  expect(results).toMatchObject([{ index: 4, state: 'empty' }]);
  expect(results[0]?.bound).toBeGreaterThan(0);
});

test.each([3, 20])('a counterexample ends the search without a reason, %i inputs', async (varying) => {
  const { results } = await asked(varying, 50);
  expect(results).toMatchObject([{ index: 4, state: 'open' }]);
  expect(results[0]?.reason).toBeUndefined();
});

test('an output whose bounds do not depend on the input is left open, not an error', async () => {
  const weight = float32(new Draw(5).tensor([20, 2]).data, [20, 2]);
  const stepped = modelOf(
    ['batch', 20],
    [
      ['Sign', ['x'], 's'],
      ['MatMul', ['s', 'w'], 'y'],
    ],
    { w: weight },
  );
  const { results, strategy } = await asked(20, 50, stepped);
  expect(results).toMatchObject([{ index: 4, state: 'open', reason: 'unsupported' }]);
  expect(strategy.explanation.at(-1)).toContain('does not depend on');
});
