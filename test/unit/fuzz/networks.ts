// Small networks and input sets for the fuzzer's tests.
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { createRng } from '../../../src/base/rng.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

/** Uniform in [-1, 1). */
export function randomTensor(shape: readonly number[], seed: number): Tensor<'float32'> {
  const rng = createRng(seed, 'networks');
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * rng.uniform() - 1),
    shape,
  );
}

export const typed = (
  shape: readonly (number | string)[],
  nodes: readonly NodeShorthand[],
  constants: Readonly<Record<string, Tensor>> = {},
): Promise<TypedModel> => discoverTypes(modelOf(shape, nodes, constants), 'test.onnx', inline);

/** x [batch, 4] -> 6 hidden neurons -> 3 classes. */
export const smallMlp = (seed = 1): Promise<TypedModel> =>
  typed(
    ['batch', 4],
    [
      ['Gemm', ['x', 'w', 'b'], 'h'],
      ['Relu', ['h'], 'a'],
      ['Gemm', ['a', 'v', 'c'], 'y'],
    ],
    {
      w: randomTensor([4, 6], seed),
      b: randomTensor([6], seed + 1),
      v: randomTensor([6, 3], seed + 2),
      c: randomTensor([3], seed + 3),
    },
  );

/** One box, or one per seed. Elements of all boxes have the same bounds. */
export function unitSet(seeds: Tensor<'float32'>, perSeed: boolean, [least, most] = [-1, 1]): InputSet {
  const [count = 0, ...shape] = seeds.shape;
  const instances = perSeed ? count : 1;
  const filled = (value: number) =>
    float32(new Float32Array(instances * sizeOf(shape)).fill(value), [instances, ...shape]);
  const numbers = Int32Array.from({ length: count }, (_, at) => at);
  return {
    shape,
    size: sizeOf(shape),
    lower: filled(least ?? -1),
    upper: filled(most ?? 1),
    seeds,
    instanceOf: perSeed ? numbers : new Int32Array(count),
    rowOf: numbers,
  };
}
