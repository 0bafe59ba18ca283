// Certificates that every value is finite: what is accepted, and what is not, on networks that overflow on ONNX Runtime.
import { afterAll, describe, expect, test } from 'vitest';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import {
  type Certificate,
  Malformed,
  type ProofNode,
} from '../../../src/findings/certificate/certificate.js';
import { decodeCertificate, encodeCertificate } from '../../../src/findings/certificate/file.js';
import type { Model } from '../../../src/graph/graph.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { check, cuts, finiteCertificate } from '../../helpers/certificates.js';
import { Draw } from '../../helpers/draw.js';
import { mlp } from '../../helpers/mlps.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';

const runtime = createInlineRuntime();
afterAll(() => runtime.close());

/** Whether some value of a node is not finite, each as an output of its own, or the output of the model as it is optimised. */
async function overflows({ graph, ...model }: Model, x: readonly number[]): Promise<boolean> {
  const outputs = graph.nodes.map((node) => ({ ...graph.outputs[0], name: node.outputs[0] ?? '' }));
  const asked = { ...model, graph: { ...graph, outputs } } as Model;
  const feeds = { x: float32(x, graph.inputs[0]?.shape?.map(Number) ?? []) };
  const results = await Promise.all(
    ([asked, { ...model, graph }] as const).map(async (each, at) => {
      const session = await runtime.open(encodeModel(each), at === 0 ? 'disabled' : 'all');
      return Object.values(await session.run(feeds));
    }),
  );
  return results.flat().some(({ data }) => !Array.from(data as Float32Array).every(Number.isFinite));
}

const one = float32([1], [1]);
const zero = float32([0], [1]);
const gate = { w: float32([1, -1], [1, 2]), high: float32([1e37, 1e37], [2, 1]) };
/** 1e37 |x|, as 1e37 Relu(x) + 1e37 Relu(-x): of both the bounds add up, of one of them in parts. */
const bent = modelOf(
  [1, 1],
  [
    ['MatMul', ['x', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['MatMul', ['r', 'high'], 'y'],
  ],
  gate,
);

describe('accepts', () => {
  test('perceptrons over the whole range, at once', async () => {
    const draw = new Draw(1);
    const { model } = mlp(draw, [4, 8, 8, 3], 'normal');
    const named = { ...model, graph: { ...model.graph, inputs: modelOf([1, 4], []).graph.inputs } };
    const certificate = finiteCertificate([-10, -10, -10, -10], [10, 10, 10, 10], 3);
    expect(await check(certificate, named)).toMatchObject({
      accepted: true,
      disjuncts: 0,
      leaves: 1,
      parts: 1,
    });
  });

  test('convolutions, normalised and pooled, with curves', async () => {
    const model = modelOf(
      [1, 1, 4, 4],
      [
        ['Conv', ['x', 'w', 'b'], 'a', { pads: [1, 1, 1, 1] }],
        ['BatchNormalization', ['a', 'two', 'two', 'two', 'two'], 'n'],
        ['Relu', ['n'], 'r'],
        ['MaxPool', ['r'], 'm', { kernel_shape: [2, 2], strides: [2, 2] }],
        ['AveragePool', ['m'], 'p', { kernel_shape: [2, 2] }],
        ['Sigmoid', ['p'], 's'],
        ['Flatten', ['s'], 'y'],
      ],
      {
        w: float32(
          Array.from({ length: 18 }, (_, at) => at - 9),
          [2, 1, 3, 3],
        ),
        b: float32([1, 2]),
        two: float32([2, 3]),
      },
    );
    const [low, high] = [-1, 1].map((end) => Array.from({ length: 16 }, () => end)) as [number[], number[]];
    expect(await check(finiteCertificate(low, high, 2), model)).toMatchObject({ accepted: true });
  });

  test('linear bounds where intervals do not suffice', async () => {
    // Both hidden values are x + 2: their difference is 0, by intervals up to 6.
    const model = modelOf(
      [1, 1],
      [
        ['Gemm', ['x', 'ones', 'twos'], 'a'],
        ['Relu', ['a'], 'b'],
        ['MatMul', ['b', 'difference'], 'c'],
        ['Relu', ['c'], 'd'],
        ['MatMul', ['d', 'high'], 'y'],
      ],
      {
        ones: float32([1, 1], [1, 2]),
        twos: float32([2, 2]),
        difference: float32([1, -1], [2, 1]),
        high: float32([1e37], [1, 1]),
      },
    );
    expect(await check(finiteCertificate([-1], [5], 1), model)).toMatchObject({ accepted: true, leaves: 1 });
  });

  test('cuts where whole boxes do not suffice', async () => {
    expect(await check(finiteCertificate([-3], [3], 1, cuts(-3, 3, 1)), bent)).toMatchObject({ leaves: 2 });
    expect(await check(finiteCertificate([-3], [3], 1), bent)).toMatchObject({
      reason: 'not-finite',
      detail: 'box 0: "y" may overflow',
      point: [0],
    });
  });

  test('a box without inputs', async () => {
    expect(await check(finiteCertificate([1], [-1], 1), bent)).toMatchObject({ accepted: true });
  });
});

type Case = {
  readonly x: readonly number[];
  readonly shape?: readonly number[];
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
};

const cases: Readonly<Record<string, Case>> = {
  'a sum that overflows though the result cancels': {
    x: [100, 100, 100, 100],
    nodes: [['MatMul', ['x', 'w'], 'y']],
    constants: { w: float32([3e36, 3e36, -3e36, -3e36], [4, 1]) },
  },
  'the same with weights near the greatest float32': {
    x: [1, 1, 1, 1],
    nodes: [['MatMul', ['x', 'w'], 'y']],
    constants: { w: float32([3e38, 3e38, -3e38, -3e38], [4, 1]) },
  },
  'a scale of BatchNormalization before its shift': {
    x: [100],
    nodes: [['BatchNormalization', ['x', 'gain', 'zero', 'mean', 'one'], 'y']],
    constants: { gain: float32([4e36], [1]), mean: float32([99], [1]), zero, one },
  },
  'a hidden value that is multiplied by 0': {
    x: [1e9],
    nodes: [
      ['Mul', ['x', 'up'], 'h'],
      ['MatMul', ['h', 'none'], 'y'],
    ],
    constants: { up: scalar(1e30), none: float32([0], [1, 1]) },
  },
  'a hidden value whose rectifier is 0': {
    x: [-1e9],
    nodes: [
      ['MatMul', ['x', 'up'], 'h'],
      ['Relu', ['h'], 'y'],
    ],
    constants: { up: float32([1e30], [1, 1]) },
  },
  'a hidden value of a curve that is bounded': {
    x: [1e9],
    nodes: [
      ['Mul', ['x', 'up'], 'h'],
      ['Sigmoid', ['h'], 's'],
      ['Tanh', ['s'], 'y'],
    ],
    constants: { up: scalar(1e30) },
  },
  'a hidden value that is limited afterwards': {
    x: [1e9],
    nodes: [
      ['Mul', ['x', 'up'], 'h'],
      ['Clip', ['h', 'none', 'six'], 'y'],
    ],
    constants: { up: scalar(1e30), none: scalar(0), six: scalar(6) },
  },
  'an element that nothing reads': {
    x: [1e9],
    nodes: [
      ['MatMul', ['x', 'w'], 'h'],
      ['Gather', ['h', 'first'], 'y', { axis: 1 }],
    ],
    constants: { w: float32([1, 1e30], [1, 2]), first: int64([0]) },
  },
  'a quotient': {
    x: [1e9],
    nodes: [
      ['Div', ['x', 'small'], 'h'],
      ['Softsign', ['h'], 'y'],
    ],
    constants: { small: scalar(1e-30) },
  },
  'a mean whose sum overflows': {
    x: Array.from({ length: 16 }, () => 4e37),
    nodes: [['ReduceMean', ['x'], 'y', { axes: [1] }]],
  },
  'a window whose sum overflows': {
    x: Array.from({ length: 16 }, () => 4e37),
    shape: [1, 1, 4, 4],
    nodes: [['AveragePool', ['x'], 'y', { kernel_shape: [4, 4] }]],
  },
  'a weight that is no number': {
    x: [1],
    nodes: [['MatMul', ['x', 'w'], 'y']],
    constants: { w: float32([Number.NaN], [1, 1]) },
  },
  'a greatest of an infinity': {
    x: [1],
    nodes: [
      ['Max', ['x', 'c'], 'h'],
      ['Sigmoid', ['h'], 'y'],
    ],
    constants: { c: scalar(Infinity) },
  },
  'a constant of a node': {
    x: [1],
    nodes: [
      ['Constant', [], 'c', { value: { kind: 'tensor', value: scalar(Infinity) } }],
      ['Clip', ['x', '', 'c'], 'y'],
    ],
  },
  'a node that the output does not depend on': {
    x: [1e9],
    nodes: [
      ['Mul', ['x', 'up'], 'beside'],
      ['Relu', ['x'], 'y'],
    ],
    constants: { up: scalar(1e30) },
  },
};

test.each(Object.entries(cases))('rejects %s', async (_, { x, shape = [1, x.length], nodes, constants }) => {
  const model = modelOf(shape, nodes, constants);
  expect(await overflows(model, x)).toBe(true);
  const judgement = await check(finiteCertificate(x, x, 1), model);
  expect(judgement).toMatchObject({ accepted: false });
  expect(['not-finite', 'unsupported']).toContain('reason' in judgement && judgement.reason);
  // At 0 nothing of it overflows, but for what constants do.
  const none = x.map(() => 0);
  const small = await check(finiteCertificate(none, none, 1), model);
  if (small.accepted) expect(await overflows(model, none)).toBe(false);
});

test('operators that the checker does not know are rejected where nothing depends on them, too', async () => {
  const model = modelOf(
    [1, 1],
    [
      ['Exp', ['x'], 'beside'],
      ['Relu', ['x'], 'y'],
    ],
  );
  expect(await check(finiteCertificate([-1], [1], 1), model)).toMatchObject({ reason: 'unsupported' });
});

describe('a certificate', () => {
  const good = finiteCertificate([-2], [2], 1);

  test('is of its box and its model', async () => {
    expect(await check(good, bent)).toMatchObject({ accepted: true });
    const larger = { ...good, property: { ...good.property, boxes: [{ lower: [-2], upper: [50] }] } };
    expect(await check(larger, bent)).toMatchObject({ reason: 'not-finite' });
    expect(await overflows(bent, [50])).toBe(true);
    expect(await check(good, bent, 'b'.repeat(64))).toMatchObject({ reason: 'wrong-model' });
  });

  const disjunct = { box: 0, constraints: [] };
  const leaf: ProofNode = {
    kind: 'leaf',
    choice: { weights: [], slopes: Uint16Array.of(), multipliers: [] },
  };
  const sign: ProofNode = { kind: 'sign', place: 0, positive: { kind: 'leaf' }, negative: { kind: 'leaf' } };
  test.each([
    ['real numbers', { arithmetic: 'real' }, 'malformed'],
    ['a margin', { margin: 1 }, 'malformed'],
    ['disjuncts, too', { property: { ...good.property, disjuncts: [disjunct] } }, 'malformed'],
    ['nothing', { proofs: [] }, 'malformed'],
    ['choices', { proofs: [{ disjunct: 0, root: leaf }] }, 'malformed'],
    ['signs', { proofs: [{ disjunct: 0, root: sign }] }, 'malformed'],
    [
      'an input that is not there',
      {
        property: wide().property,
        proofs: [
          {
            disjunct: 0,
            root: { kind: 'cut', input: 1, at: 0, left: { kind: 'leaf' }, right: { kind: 'leaf' } },
          },
        ],
      },
      'malformed',
    ],
    ['a part that is left open', { proofs: [{ disjunct: 0, root: { kind: 'open' } }] }, 'uncovered'],
  ] as const)('is none with %s', async (_, changes, reason) => {
    expect(await check({ ...good, ...changes } as Certificate, bent)).toMatchObject({ reason });
  });

  function wide() {
    return finiteCertificate([-3], [3], 1);
  }

  test('is read as it was written', () => {
    const cut = finiteCertificate([-3], [3], 1, cuts(-3, 3, 2));
    expect(encodeCertificate(decodeCertificate(encodeCertificate(cut)))).toEqual(encodeCertificate(cut));
    expect(decodeCertificate(encodeCertificate(cut)).property.finite).toBe(true);
    const { finite: _, ...others } = cut.property;
    expect(() => decodeCertificate(encodeCertificate({ ...cut, property: others }))).toThrow(Malformed);
  });
});
