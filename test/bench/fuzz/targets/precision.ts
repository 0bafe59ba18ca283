// TensorFuzz's second experiment: a classifier and its float16 copy, whose every value is rounded, within linf 0.4 of a digit.
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { rows } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { toFloat16 } from '../../../../src/graph/precision/float16.js';
import { decodeModel } from '../../../../src/onnx/decode.js';
import { encodeModel } from '../../../../src/onnx/encode.js';
import { boxesAround } from '../../../../src/policy/input-set.js';
import { argMax, judgeAgreement } from '../../../../src/policy/judge.js';
import type { Runtime } from '../../../../src/program/session.js';
import { type Mnist, mnistRange } from '../networks/mnist.js';
import type { Trained } from '../networks/trained.js';
import { type BenchTarget, fuzzTarget, oneByOne } from './target.js';

export async function precisionTarget(
  { name, bytes }: Trained,
  { test }: Mnist,
  { images, linfEpsilon }: { readonly images: number; readonly linfEpsilon: number },
  runtime: Runtime,
): Promise<BenchTarget> {
  const full = await discoverTypes(decodeModel(bytes, { file: name }), name, runtime);
  const halfFile = encodeModel(toFloat16(full));
  const half = await discoverTypes(decodeModel(halfFile, { file: `${name} in float16` }), name, runtime);
  const ask = await oneByOne(full, bytes, runtime);
  const askHalf = await oneByOne(half, halfFile, runtime);
  const digits = { name, inputs: rows(test.images, 0, images), labels: undefined };
  const set = boxesAround(digits, 0, linfEpsilon, mnistRange);
  const encode = objectives.agreement(full, half);
  return {
    fuzzed: fuzzTarget({ objective: 'agreement', encode, set, limits: { linfEpsilon } }),
    replay: async (input) => {
      const [a, b] = [await ask(input), await askHalf(input)];
      return { ...judgeAgreement(a, b, ['float32', 'float16']), cluster: `${argMax(a)} and ${argMax(b)}` };
    },
  };
}
