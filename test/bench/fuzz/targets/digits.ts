// Targets on the example models and the test digits that this project ships.
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { rows } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { loadModel } from '../../../../src/onnx/load.js';
import { loadDataset } from '../../../../src/policy/data/load.js';
import type { Dataset } from '../../../../src/policy/dataset.js';
import { boxesAround, type InputSet } from '../../../../src/policy/input-set.js';
import { argMax, judgeAgreement, judgeRobustness } from '../../../../src/policy/judge.js';
import type { Runtime } from '../../../../src/program/session.js';
import { pixelRange, testDigits } from '../../examples.js';
import { nearestLabel } from './label-judge.js';
import { type BenchTarget, fuzzTarget, oneByOne } from './target.js';

export type Example = {
  readonly name: string;
  readonly typed: TypedModel;
  readonly bytes: Uint8Array;
  /** First output of one input. */
  ask(input: Float32Array): Promise<number[]>;
};

export async function openExample(root: string, name: string, runtime: Runtime): Promise<Example> {
  const { model, bytes } = await loadModel(`${root}corpora/${name}.onnx`);
  const typed = await discoverTypes(model, name, runtime);
  return { name, typed, bytes, ask: await oneByOne(typed, bytes, runtime) };
}

/** Some test digits that a model gets right. */
async function rightDigits(root: string, { ask }: Example, count: number): Promise<Dataset> {
  const { name, inputs, labels } = await testDigits(root);
  const size = inputs.data.length / (inputs.shape[0] ?? 1);
  const right: number[] = [];
  for (let row = 0; right.length < count && row < (inputs.shape[0] ?? 0); row++)
    if (argMax(await ask(inputs.data.subarray(row * size, (row + 1) * size))) === labels?.[row])
      right.push(row);
  const data = new Float32Array(right.length * size);
  for (const [at, row] of right.entries()) data.set(rows(inputs, row, row + 1).data, at * size);
  return {
    name,
    inputs: { ...inputs, shape: [right.length, ...inputs.shape.slice(1)], data },
    labels: Int32Array.from(right, (row) => labels?.[row] ?? -1),
  };
}

/** Robustness of the example CNN around some digits, all open at once. */
export async function robustnessTarget(
  root: string,
  { digits, linfEpsilon }: { readonly digits: number; readonly linfEpsilon: number },
  runtime: Runtime,
): Promise<BenchTarget> {
  const cnn = await openExample(root, 'digits-cnn', runtime);
  const { around, keepsLabel } = await digitBoxes(root, cnn, digits, linfEpsilon);
  const { set, labels } = around;
  const encode = objectives.robustness(cnn.typed);
  return {
    fuzzed: fuzzTarget({ objective: 'robustness', encode, set, targets: labels, limits: { linfEpsilon } }),
    keepsLabel,
    replay: async (input, instance) => {
      const target = labels[instance] ?? -1;
      const outputs = await cnn.ask(input);
      return { ...judgeRobustness(outputs, target), cluster: `${target} as ${argMax(outputs)}` };
    },
  };
}

/** Agreement of the example CNN with its 8-bit sibling. */
export async function agreementTarget(
  root: string,
  { digits, linfEpsilon }: { readonly digits: number; readonly linfEpsilon: number },
  runtime: Runtime,
): Promise<BenchTarget> {
  const [float, int8] = [
    await openExample(root, 'digits-cnn', runtime),
    await openExample(root, 'digits-cnn-int8', runtime),
  ];
  const { around, keepsLabel } = await digitBoxes(root, float, digits, linfEpsilon);
  const encode = objectives.agreement(float.typed, int8.typed);
  return {
    fuzzed: fuzzTarget({ objective: 'agreement', encode, set: around.set, limits: { linfEpsilon } }),
    keepsLabel,
    replay: async (input) => {
      const [a, b] = [await float.ask(input), await int8.ask(input)];
      return { ...judgeAgreement(a, b, ['float32', 'int8']), cluster: `${argMax(a)} and ${argMax(b)}` };
    },
  };
}

async function digitBoxes(root: string, model: Example, digits: number, linfEpsilon: number) {
  const seeds = await rightDigits(root, model, digits);
  const labels = seeds.labels ?? new Int32Array();
  const set: InputSet = boxesAround(seeds, 0, linfEpsilon, pixelRange);
  const train = await loadDataset({
    name: 'digits',
    file: `${root}corpora/digits.npz`,
    at: { file: 'bench', line: 1, column: 1 },
    inputs: ['train_images'],
    labels: 'train_labels',
    scale: 0.0625,
  });
  const label = nearestLabel(train.inputs.data, train.labels ?? [], set.size);
  return {
    around: { set, labels },
    keepsLabel: (input: Float32Array, seed: number) => label(input) === labels[seed],
  };
}
