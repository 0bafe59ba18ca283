// Neuron coverage in the graph, against plain loops over the activations of the model's own nodes.
import { describe, expect, test } from 'vitest';
import { nodeValues } from '../../../src/backends/node-values.js';
import { rows, type Tensor } from '../../../src/base/tensor.js';
import { neuronCoverage } from '../../../src/fuzz/coverage/neuron-coverage.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, smallMlp, typed } from '../../unit/fuzz/networks.js';
import { questions, questionsOf, rowOf } from './screens.js';

/** Two convolutions of 3 and 5 channels, then 4 dense neurons. */
const convolutional = () =>
  typed(
    ['batch', 2, 6, 6],
    [
      ['Conv', ['x', 'k'], 'c'],
      ['Relu', ['c'], 'cr'],
      ['Conv', ['cr', 'l'], 'd'],
      ['Sigmoid', ['d'], 'dr'],
      ['Flatten', ['dr'], 'f'],
      ['Gemm', ['f', 'w'], 'g'],
      ['Relu', ['g'], 'gr'],
      ['Gemm', ['gr', 'v'], 'y'],
    ],
    {
      k: randomTensor([3, 2, 3, 3], 1),
      l: randomTensor([5, 3, 3, 3], 2),
      w: randomTensor([20, 4], 3),
      v: randomTensor([4, 3], 4),
    },
  );

/** Means over all but the first axis of one input's activations [channels, ...space]. */
function neuronsOf(data: ArrayLike<number>, channels: number): number[] {
  const space = data.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let at = 0; at < space; at++) sum += data[channel * space + at] ?? Number.NaN;
    return sum / space;
  });
}

async function reference(model: TypedModel, x: Tensor<'float32'>, layers: ReadonlyMap<string, number>) {
  const values = new Map(await nodeValues(model, inline, x));
  return [...layers].flatMap(([name, channels]) => {
    const found = [...values].find(([described]) => described.includes(`"${name}"`));
    const neurons = neuronsOf(found?.[1] ?? [], channels);
    const [least, most] = [Math.min(...neurons), Math.max(...neurons)];
    return neurons.map((value) => (value > least + 0.75 * (most - least) ? 1 : 0));
  });
}

const convolutionalLayers = new Map([
  ['cr', 3],
  ['dr', 5],
  ['gr', 4],
]);

describe.each([
  ['dense', smallMlp, [4], new Map([['a', 6]])],
  ['convolutions, averaged over space', convolutional, [2, 6, 6], convolutionalLayers],
] as const)('%s', (_name, make, shape, layers) => {
  test('the profile is what plain loops say', async () => {
    const model = await make();
    const screen = await questions(neuronCoverage(), model);
    const x = randomTensor([32, ...shape], 9);
    const profile = await screen.profile(x);
    for (let row = 0; row < 32; row++)
      expect([...rowOf(profile, row)]).toEqual(await reference(model, rows(x, row, row + 1), layers));
  });

  test('novelty counts neurons that nothing has covered yet; what joined the corpus is covered', async () => {
    const model = await make();
    const screen = await questions(neuronCoverage(), model);
    const [start, x] = [randomTensor([1, ...shape], 3), randomTensor([32, ...shape], 9)];
    const [before, after] = [await screen.profile(start), await screen.profile(x)];
    const state = neuronCoverage().createState({
      seeds: before.data,
      mutants: before.data,
      width: before.width,
    });
    const novelty = await screen.novelty(x, state.snapshot());
    for (let row = 0; row < 32; row++) {
      const fresh = rowOf(after, row).filter((on, at) => on === 1 && before.data[at] === 0).length;
      expect(novelty[row]).toBe(fresh);
    }
    // The screen asks the very question of every execution.
    const suspicion = await screen.suspicion(x, new Array(32).fill(0), state.snapshot());
    expect([...suspicion].map((value) => value > 0)).toEqual([...novelty].map((value) => value > 0));
    for (let row = 0; row < 32; row++) state.add(rowOf(after, row), true);
    expect(Math.max(...(await screen.novelty(x, state.snapshot())))).toBe(0);
  });
});

test('a model without activations has no neurons to cover', async () => {
  const model = await typed(['batch', 4], [['Gemm', ['x', 'w'], 'y']], { w: randomTensor([4, 3], 1) });
  expect(await questionsOf(neuronCoverage(), model)).toBeUndefined();
});

test('activations without a row per input are left out', async () => {
  const model = await typed(
    ['batch', 4],
    [
      ['Gemm', ['x', 'w'], 'h'],
      ['Reshape', ['h', 'folded'], 'f'],
      ['Relu', ['f'], 'fr'],
      ['Reshape', ['fr', 'unfolded'], 'u'],
      ['Relu', ['u'], 'ur'],
      ['Gemm', ['ur', 'v'], 'y'],
    ],
    {
      w: randomTensor([4, 6], 1),
      v: randomTensor([6, 3], 2),
      folded: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 3n) },
      unfolded: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 6n) },
    },
  );
  const screen = await questionsOf(neuronCoverage(), model);
  expect((await screen?.profile(randomTensor([2, 4], 1)))?.width).toBe(6);
});
