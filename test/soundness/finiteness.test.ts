// A network proved finite never computes NaN or infinity, at any value of its graph.
import { describe, expect, test } from 'vitest';
import { runInstrumented } from '../../src/backends/instrument.js';
import { isFloat } from '../../src/base/dtype.js';
import { float32, int64, type Tensor } from '../../src/base/tensor.js';
import { objectives } from '../../src/fuzz/objectives/index.js';
import type { Model } from '../../src/graph/graph.js';
import { Unbounded } from '../../src/ops/operator.js';
import { boundFiniteness } from '../../src/verify/ibp.js';
import { floatsOf, samplesOf } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { modelOf, type NodeShorthand, scalar } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { descents, setOf } from '../helpers/search-points.js';

const pointCount = 60;
type Side = readonly [number, number];

/** Whether all values at corners, random points and on descents towards infinity are finite. */
async function searchedFinite(file: Model, lower: Side, upper: Side): Promise<boolean> {
  const { model } = await opened(file);
  const boxes = { lower: float32(lower, [1, 2]), upper: float32(upper, [1, 2]) };
  const seeds = samplesOf(lower, upper, [2], pointCount, new Draw(1).uniform);
  const set = setOf(boxes, seeds, pointCount);
  const points = await descents(objectives.finite(model), set, new Int32Array(pointCount), 8, inline);
  const results = await Promise.all(
    points.map((batch) => runInstrumented(model, inline, { x: batch }, 'any batch')),
  );
  return results
    .flatMap((values) => Object.values(values))
    .filter(({ dtype }) => isFloat(dtype))
    .every((value) => floatsOf(value).every(Number.isFinite));
}

async function proofOf(file: Model, lower: Side, upper: Side): Promise<number> {
  const { model } = await opened(file);
  const boxes = { lower: float32(lower, [1, 2]), upper: float32(upper, [1, 2]) };
  try {
    return (await boundFiniteness(model, boxes, 'deployed', inline))[0] ?? Number.NaN;
  } catch (error) {
    if (error instanceof Unbounded) return 0;
    throw error;
  }
}

type Case = {
  readonly name: string;
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly unsafe: readonly [Side, Side];
  /** Undefined where nothing about the graph can be proved. */
  readonly safe: readonly [Side, Side] | undefined;
};

const big = 3e38;
const heavy = 1e37;
const column = (...values: number[]) => float32(values, [2, values.length / 2]);
const cases: readonly Case[] = [
  {
    name: 'exp overflows',
    nodes: [['Exp', ['x'], 'y']],
    unsafe: [
      [0, 0],
      [0, 89],
    ],
    safe: [
      [-200, 0],
      [0, 80],
    ],
  },
  {
    name: 'log of zero',
    nodes: [['Log', ['x'], 'y']],
    unsafe: [
      [0, 1],
      [1, 1],
    ],
    safe: [
      [1e-30, 1],
      [1, big],
    ],
  },
  {
    name: 'log of less',
    nodes: [['Log', ['x'], 'y']],
    unsafe: [
      [-1, 1],
      [1, 1],
    ],
    safe: [
      [0.5, 1],
      [1, 2],
    ],
  },
  {
    name: 'division through zero',
    nodes: [['Div', ['one', 'x'], 'y']],
    constants: { one: scalar(1) },
    unsafe: [
      [-1, 1],
      [1, 1],
    ],
    safe: [
      [-2, 1],
      [-1, 2],
    ],
  },
  {
    name: 'division by a result that underflows',
    nodes: [
      ['Exp', ['x'], 'e'],
      ['Div', ['x', 'e'], 'y'],
    ],
    unsafe: [
      [-200, 1],
      [-150, 1],
    ],
    safe: [
      [-20, 1],
      [1, 1],
    ],
  },
  {
    name: '0 times infinity',
    nodes: [
      ['Exp', ['x'], 'e'],
      ['Mul', ['e', 'zero'], 'y'],
    ],
    constants: { zero: scalar(0) },
    unsafe: [
      [0, 0],
      [100, 0],
    ],
    safe: [
      [0, 0],
      [60, 0],
    ],
  },
  {
    name: 'infinity minus infinity',
    nodes: [
      ['Exp', ['x'], 'e'],
      ['Sub', ['e', 'e'], 'y'],
    ],
    unsafe: [
      [0, 0],
      [100, 0],
    ],
    safe: [
      [0, 0],
      [70, 0],
    ],
  },
  ...['Relu', 'Sigmoid', 'Tanh'].map(
    (type): Case => ({
      name: `overflow that ${type} swallows`,
      nodes: [
        ['MatMul', ['x', 'w'], 'h'],
        ['Neg', ['h'], 'n'],
        [type, ['n'], 'y'],
      ],
      constants: { w: column(heavy, heavy) },
      unsafe: [
        [0, 0],
        [90, 90],
      ],
      safe: [
        [0, 0],
        [1e-9, 1e-9],
      ],
    }),
  ),
  {
    name: 'a logarithm that MaxPool swallows',
    nodes: [
      ['Log', ['x'], 'l'],
      ['Reshape', ['l', 'to'], 'r'],
      ['MaxPool', ['r'], 'y', { kernel_shape: [2] }],
    ],
    constants: { to: int64([0, 1, 2]) },
    unsafe: [
      [0, 1],
      [1, 1],
    ],
    safe: [
      [0.1, 1],
      [1, 1],
    ],
  },
  {
    name: 'overflow in a branch that nothing reads',
    nodes: [
      ['Exp', ['x'], 'lost'],
      ['Relu', ['x'], 'y'],
    ],
    unsafe: [
      [0, 0],
      [100, 0],
    ],
    safe: [
      [0, 0],
      [1, 1],
    ],
  },
  {
    name: 'sums of squares',
    nodes: [
      ['Mul', ['x', 'x'], 's'],
      ['ReduceSum', ['s', 'axes'], 'y', { keepdims: 1 }],
    ],
    constants: { axes: int64([1]) },
    unsafe: [
      [0, 0],
      [1.5e19, 1.5e19],
    ],
    safe: [
      [-1e10, 0],
      [1e10, 1e10],
    ],
  },
  {
    name: 'softmax of overflowing scores',
    nodes: [
      ['Mul', ['x', 'huge'], 's'],
      ['Softmax', ['s'], 'y'],
    ],
    constants: { huge: scalar(1e30) },
    unsafe: [
      [0, 0],
      [1e9, 1],
    ],
    safe: [
      [-100, 0],
      [100, 100],
    ],
  },
  {
    name: 'a constant that is computed and infinite, though nothing reads it',
    nodes: [
      ['Div', ['one', 'nothing'], 'inf'],
      ['Relu', ['x'], 'y'],
    ],
    constants: { one: scalar(1), nothing: scalar(0) },
    unsafe: [
      [0, 0],
      [1, 1],
    ],
    safe: undefined,
  },
  {
    name: 'an infinite bias',
    nodes: [
      ['Add', ['x', 'b'], 'h'],
      ['Sigmoid', ['h'], 'y'],
    ],
    constants: { b: float32([0, -Infinity]) },
    unsafe: [
      [0, 0],
      [1, 1],
    ],
    safe: undefined,
  },
];

describe.each(cases)('$name', ({ nodes, constants, unsafe, safe }) => {
  const file = modelOf(['batch', 2], nodes, constants);

  test('is found by search and not proved finite', async () => {
    expect(await searchedFinite(file, ...unsafe)).toBe(false);
    expect(await proofOf(file, ...unsafe)).toBeLessThanOrEqual(0);
  });

  test.runIf(safe !== undefined)('is proved finite where it plainly is', async () => {
    const [lower, upper] = safe ?? [
      [0, 0],
      [0, 0],
    ];
    expect(await searchedFinite(file, lower, upper)).toBe(true);
    expect(await proofOf(file, lower, upper)).toBe(1);
  });
});

test('values whose first axis is not the batch', async () => {
  const nodes: NodeShorthand[] = [
    ['Exp', ['x'], 'e'],
    ['Transpose', ['e'], 't'],
    ['Mul', ['t', 't'], 'm'],
    ['Transpose', ['m'], 'b'],
    ['Reshape', ['b', 'flat'], 'f'],
    ['Exp', ['f'], 'g'],
    ['Reshape', ['g', 'to'], 'y'],
  ];
  const file = modelOf(['batch', 2], nodes, { flat: int64([-1, 1]), to: int64([-1, 2]) });
  const { model } = await opened(file);
  const boxes = { lower: float32([0, 0, 0, 0], [2, 2]), upper: float32([1, 1, 2, 2], [2, 2]) };
  expect([...(await boundFiniteness(model, boxes, 'deployed', inline))]).toEqual([1, 1]);
  const wide = { ...boxes, upper: float32([1, 1, 3, 3], [2, 2]) };
  // Which rows overflow cannot be told where rows are mixed: none is proved.
  expect((await boundFiniteness(model, wide, 'deployed', inline))[1]).toBe(0);
});

test('random boxes of random graphs: what is proved finite is finite', async () => {
  let proved = 0;
  for (const { nodes, constants } of cases) {
    const file = modelOf(['batch', 2], nodes, constants);
    for (let seed = 0; seed < 6; seed++) {
      const draw = new Draw(seed);
      const flavour = draw.pick(['normal', 'wide', 'huge', 'mixed', 'subnormal'] as const);
      const { lower, upper } = draw.boxes(1, [2], flavour);
      const side = ({ data }: Tensor<'float32'>): Side => [data[0] ?? 0, data[1] ?? 0];
      if ((await proofOf(file, side(lower), side(upper))) !== 1) continue;
      proved++;
      expect(await searchedFinite(file, side(lower), side(upper)), `seed ${seed}`).toBe(true);
    }
  }
  expect(proved).toBeGreaterThan(10);
});
