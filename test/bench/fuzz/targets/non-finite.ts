// TensorFuzz's first experiment: an MNIST network with an unsafe loss, one digit as the only seed, every image of the range allowed.
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { nodeValues } from '../../../../src/backends/node-values.js';
import { float32, rows } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { decodeModel } from '../../../../src/onnx/decode.js';
import { wholeRange } from '../../../../src/policy/input-set.js';
import { judgeFinite } from '../../../../src/policy/judge.js';
import type { Runtime } from '../../../../src/program/session.js';
import { MNIST_IMAGE, type Mnist, mnistRange } from '../networks/mnist.js';
import type { Trained } from '../networks/trained.js';
import { type BenchTarget, fuzzTarget } from './target.js';

/** @param digit which of the digits that were not trained on is the seed */
export async function nonFiniteTarget(
  { name, bytes }: Trained,
  mnist: Mnist,
  digit: number,
  runtime: Runtime,
): Promise<BenchTarget> {
  const typed = await discoverTypes(decodeModel(bytes, { file: name }), name, runtime);
  const seed = { name, inputs: rows(mnist.test.images, digit, digit + 1), labels: undefined };
  const set = wholeRange(MNIST_IMAGE, mnistRange, seed, digit);
  return {
    fuzzed: fuzzTarget({ objective: 'finite', encode: objectives.finite(typed), set }),
    replay: async (input) => {
      const values = await nodeValues(typed, runtime, float32(input, [1, ...MNIST_IMAGE]));
      const { violated, margin, summary } = judgeFinite(values);
      return { violated, margin, cluster: summary };
    },
  };
}
