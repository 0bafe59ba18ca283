// By what findings are told apart: pairs of classes, and the first node whose result is not finite, as replay names it.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { nodeValues } from '../../../../src/backends/node-values.js';
import { createRng } from '../../../../src/base/rng.js';
import { float32, int64, rows as rowsOf, type Tensor } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { decodeModel } from '../../../../src/onnx/decode.js';
import { argMax, judgeFinite } from '../../../../src/policy/judge.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { modelOf } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';
import { randomTensor, smallMlp, typed } from '../networks.js';
import { judged } from './signals.js';

const count = 48;
const points = randomTensor([count, 4], 3);
const targets = Array.from({ length: count }, (_, row) => row % 3);

/** Classes that a small network gives. */
async function answers(model: TypedModel): Promise<number[]> {
  const { run } = await opened(model);
  const outputs = await run(points);
  return Array.from({ length: count }, (_, row) => argMax(outputs.slice(row * 3, row * 3 + 3)));
}

test('robustness: target and the greatest other class, which ties or wins; the answer is the side', async () => {
  const model = await smallMlp(5);
  const found = await judged(objectives.robustness(model), points, targets);
  const outputs = await (await opened(model)).run(points);
  const rivals = targets.map((target, row) =>
    argMax(outputs.slice(row * 3, row * 3 + 3).map((logit, at) => (at === target ? -Infinity : logit))),
  );
  expect(found.side).toEqual(await answers(model));
  expect(found.cluster).toEqual(rivals.map((rival, row) => 3 * (targets[row] ?? 0) + rival));
  expect(new Set(found.cluster).size).toBeGreaterThan(3);
});

test('agreement: what each says; the first one is the side', async () => {
  const [first, second] = [await smallMlp(5), await smallMlp(9)];
  const found = await judged(objectives.agreement(first, second), points, targets);
  const [a, b] = [await answers(first), await answers(second)];
  expect(found.side).toEqual(a);
  expect(found.cluster).toEqual(a.map((said, row) => 3 * said + (b[row] ?? 0)));
  expect(a).not.toEqual(b);
});

describe('finite: the first node whose result is not finite', () => {
  /** Every element can break one of the operators, alone or with others, early or late. */
  const fragile = () =>
    typed(
      ['batch', 4],
      [
        ['Split', ['x'], ['a', 'b', 'c', 'd'], { axis: 1 }],
        ['Relu', ['a'], 'ra'],
        ['Exp', ['d'], 'e'],
        ['Log', ['ra'], 'l'],
        ['Relu', ['l'], 'rl'],
        ['Reciprocal', ['b'], 'r'],
        ['Add', ['rl', 'r'], 's'],
        ['Sqrt', ['c'], 'q'],
        ['Concat', ['s', 'q', 'e'], 'k', { axis: 1 }],
        ['Mul', ['k', 'k'], 'm'],
        ['Flatten', ['m'], 'y'],
      ],
    );
  const extremes = [-1, 0, 1, 50, 1000];

  /** Every choice of four extremes. */
  const grid = (): Tensor<'float32'> =>
    float32(
      Float32Array.from({ length: 625 * 4 }, (_, at) => {
        const digit = Math.floor(Math.floor(at / 4) / 5 ** (at % 4)) % 5;
        return extremes[digit] ?? 0;
      }),
      [625, 4],
    );

  test('is the one that replay names, row by row', async () => {
    const model = await fragile();
    const all = grid();
    const found = await judged(objectives.finite(model), all, new Array(625).fill(0));
    const named = new Set<string>();
    for (let row = 0; row < 625; row += 4) {
      const replayed = judgeFinite(await nodeValues(model, inline, rowsOf(all, row, row + 1)));
      expect(found.violated[row]).toBe(replayed.violated);
      if (!replayed.violated) continue;
      const { name = '' } = model.graph.nodes[found.cluster?.[row] ?? -1] ?? {};
      expect(replayed.summary).toContain(`node "${name}"`);
      named.add(name);
    }
    expect([...named].sort()).toEqual(['Exp_2', 'Log_3', 'Mul_9', 'Reciprocal_5', 'Sqrt_7']);
  });

  test('in the order in which nodes run, whatever order the file has them in', async () => {
    // Two producers: the one whose result the other reads comes first, though the file states it last.
    const model = modelOf(
      ['batch', 2],
      [
        ['Exp', ['r'], 'y'],
        ['Reciprocal', ['x'], 'r'],
      ],
    );
    const read = decodeModel(encodeModel(model), { file: 'm.onnx', readExternal: () => new Uint8Array() });
    const loaded = await discoverTypes(read, 'm.onnx', inline);
    const point = float32([0, 1], [1, 2]);
    expect(judgeFinite(await nodeValues(loaded, inline, point)).summary).toContain('Reciprocal');
    const found = await judged(objectives.finite(loaded), point, [0]);
    expect(loaded.graph.nodes[found.cluster?.[0] ?? -1]?.type).toBe('Reciprocal');
  });

  test('where nothing can be infinite there is one cluster', async () => {
    const model = await typed(['batch', 4], [['Relu', ['x'], 'y']]);
    expect((await judged(objectives.finite(model), points, targets)).cluster).toEqual(
      new Array(count).fill(0),
    );
  });

  test('of a model whose file has no batch axis', async () => {
    const model = await typed(
      [1, 4],
      [
        ['Reshape', ['x', 's'], 'f'],
        ['Log', ['f'], 'l'],
        ['Exp', ['f'], 'e'],
        ['Add', ['l', 'e'], 'y'],
      ],
      { s: int64([4]) },
    );
    expect(model.batched).toBe(false);
    const rng = createRng(1, 'rows');
    const data = Float32Array.from({ length: 16 * 4 }, () => (rng.below(4) === 0 ? 1000 : 1 + rng.uniform()));
    const found = await judged(objectives.finite(model), float32(data, [16, 4]), new Array(16).fill(0));
    found.violated.forEach((violated, row) => {
      expect(violated).toBe(data.subarray(row * 4, row * 4 + 4).includes(1000));
      if (violated) expect(model.graph.nodes[found.cluster?.[row] ?? -1]?.type).toBe('Exp');
    });
    expect(new Set(found.violated).size).toBe(2);
  });
});
