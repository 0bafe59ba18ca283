// All objectives in one program say what they say alone, and the model is computed once.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { float32, int64 } from '../../../../src/base/tensor.js';
import { composed, objectives } from '../../../../src/fuzz/objectives/index.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { loadModel } from '../../../../src/onnx/load.js';
import type { Encode } from '../../../../src/ops/encoding.js';
import { Program } from '../../../../src/program/program.js';
import { reachable, type Value } from '../../../../src/program/value.js';
import { inline } from '../../../helpers/programs.js';
import { randomTensor, smallMlp, typed } from '../networks.js';
import { judged } from './signals.js';

const corpus = async (name: string): Promise<TypedModel> => {
  const file = new URL(`../../../../corpora/${name}.onnx`, import.meta.url).pathname;
  return discoverTypes((await loadModel(file)).model, file, inline);
};

/** Everything that an objective's flags, margins and clusters need; not what gradients would. */
function valuesOf(encode: Encode, model: TypedModel): Value[] {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', ...model.input.shape.slice(1)]);
  const { nonFinite, also = {}, ...main } = encode(p, x, p.input('target', 'int64', ['batch']));
  const signals = [main, ...Object.values(also)];
  return reachable([
    nonFinite,
    ...signals.flatMap(({ violated, margin, cluster, side }) =>
      [violated, margin, cluster, side].filter((value) => value !== undefined),
    ),
  ]).filter(({ isConstant }) => !isConstant);
}

const countOf = (values: readonly Value[], ...primitives: string[]) =>
  values.filter(({ primitive }) => primitives.includes(primitive)).length;

describe('the model is lowered once', () => {
  test('digits-cnn: robustness, finite and agreement with its 8-bit sibling', async () => {
    const [model, other] = [await corpus('digits-cnn'), await corpus('digits-cnn-int8')];
    const encode = composed(objectives.robustness(model), {
      finite: objectives.finite(model),
      int8: objectives.agreement(model, other),
    });
    const together = valuesOf(encode, model);
    const alone = valuesOf(objectives.robustness(model), model);
    const sibling = valuesOf(objectives.robustness(other), other);
    const heavy = ['conv', 'matmul'];
    // The sum that watches the input is the same in both networks.
    expect(countOf(together, ...heavy)).toBe(countOf(alone, ...heavy) + countOf(sibling, ...heavy) - 1);
    // What three objectives add to the two networks: clusters, sides, classes and margins.
    expect(together.length - alone.length - sibling.length).toBeLessThan(30);
  });

  test('rows of more than 256 elements, whose sums need a large constant', async () => {
    const model = await typed(['batch', 400], [['Gemm', ['x', 'w'], 'y']], { w: randomTensor([400, 3], 1) });
    const alone = valuesOf(objectives.robustness(model), model);
    const together = valuesOf(
      composed(objectives.robustness(model), { finite: objectives.finite(model) }),
      model,
    );
    expect(countOf(together, 'matmul')).toBe(countOf(alone, 'matmul'));
  });

  test('nodes that are passed on as they stand', async () => {
    const model = await typed(
      ['batch', 4],
      [
        ['TopK', ['x', 'k'], ['t', 'i'], { axis: 1 }],
        ['Gemm', ['t', 'w'], 'y'],
      ],
      { k: int64([2]), w: randomTensor([2, 3], 1) },
    );
    const encode = composed(objectives.robustness(model), { finite: objectives.finite(model) });
    expect(countOf(valuesOf(encode, model), 'opaque')).toBe(1);
    expect(countOf(valuesOf(encode, model), 'matmul')).toBe(
      countOf(valuesOf(objectives.robustness(model), model), 'matmul'),
    );
  });
});

describe('each says what it says alone', async () => {
  const [first, second] = [await smallMlp(1), await smallMlp(9)];
  const others = { finite: objectives.finite(first), other: objectives.agreement(first, second) };
  const encode = composed(objectives.robustness(first), others);
  const rows = randomTensor([64, 4], 3);
  const targets = Array.from({ length: 64 }, (_, row) => row % 3);

  test('the main one', async () => {
    expect(await judged(encode, rows, targets)).toEqual(
      await judged(objectives.robustness(first), rows, targets),
    );
  });

  test.each(Object.entries(others))('%s', async (name, alone) => {
    const signal = await judged(encode, rows, targets, ({ also, ...main }) => also?.[name] ?? main);
    expect(signal).toEqual(await judged(alone, rows, targets));
    expect(signal).not.toEqual(await judged(objectives.robustness(first), rows, targets));
  });
});

test('a second model that is not finite is seen, too', async () => {
  const finite = await smallMlp();
  const infinite = await typed(
    ['batch', 4],
    [
      ['Reciprocal', ['x'], 'r'],
      ['Gemm', ['r', 'w'], 'y'],
    ],
    { w: randomTensor([4, 3], 1) },
  );
  const encode = composed(objectives.robustness(finite), { other: objectives.agreement(finite, infinite) });
  const rows = float32([1, 1, 1, 1, 0, 1, 1, 1], [2, 4]);
  const seen = await judged(encode, rows, [0, 0], (encoding) => ({
    ...encoding,
    violated: encoding.nonFinite,
  }));
  expect(seen.violated).toEqual([false, true]);
});

test('names are kept apart', async () => {
  const model = await smallMlp();
  const named = (name: string) => composed(objectives.finite(model), { [name]: objectives.finite(model) });
  const p = new Program();
  const [x, target] = [p.input('x', 'float32', ['batch', 4]), p.input('target', 'int64', ['batch'])];
  const all = composed(named('a'), { b: named('c') })(p, x, target);
  expect(Object.keys(all.also ?? {})).toEqual(['a', 'b', 'c']);
  expect(() => composed(named('a'), { a: objectives.finite(model) })(p, x, target)).toThrow(RangeError);
  expect(() => composed(named('a'), { b: named('a') })(p, x, target)).toThrow(RangeError);
});
