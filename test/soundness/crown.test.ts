// Backward linear bounds of whole networks contain what ONNX Runtime computes with all its fusions, and in real arithmetic what
// the exact network has. Zero tolerance.
import { describe, expect, test } from 'vitest';
import { float32, rows, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { type Bounds, type Boxes, openBounder, rowOf, violations } from '../helpers/bounding.js';
import { Draw, flavours } from '../helpers/draw.js';
import { bounded, boxAt, crownOf, hardPoints, outputSize } from '../helpers/linear-bounds.js';
import { type Opened, opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { branching, fannedOut, packed, severalOutputs, strided, unbatched } from './crown-networks.js';
import { attention, convolutional, perceptron } from './networks.js';

/** Of each of two kinds. */
const boxesPerKind = 2;
const boxCount = 2 * boxesPerKind;

type Result = { readonly known: number; readonly escaped: readonly string[] };

type Case = {
  readonly it: Opened;
  readonly boxes: Boxes;
  readonly points: Tensor<'float32'>;
  readonly boxOf: Int32Array;
  /** The deployed output at each point. */
  readonly outputs: readonly (readonly number[])[];
};

const cut = (values: ArrayLike<number>, count: number): number[][] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, row) => Array.from(values).slice(row * size, (row + 1) * size));
};

function boxesOf(shape: readonly number[], draw: Draw): Boxes {
  const kinds = (['normal', draw.pick(flavours)] as const).map((kind) =>
    draw.boxes(boxesPerKind, shape, kind),
  );
  const side = (name: 'lower' | 'upper') =>
    float32(
      kinds.flatMap((boxes) => Array.from(boxes[name].data)),
      [boxCount, ...shape],
    );
  return { lower: side('lower'), upper: side('upper') };
}

async function caseOf(it: Opened, draw: Draw): Promise<Case> {
  const boxes = boxesOf(it.model.input.shape.slice(1).map(Number), draw);
  const { points, boxOf } = await hardPoints(it.model, boxes, 8, 3, draw);
  return { it, boxes, points, boxOf, outputs: cut(await it.run(points), boxOf.length) };
}

const boundsPerBox = ({ lower, upper }: Boxes): Bounds[] =>
  Array.from({ length: boxCount }, (_, box) =>
    rowOf({ lower: lower.data, upper: upper.data }, box, boxCount),
  );

async function deployedEscapes({ it, boxes, boxOf, outputs }: Case): Promise<Result> {
  const bounds = boundsPerBox(await bounded(it.model, boxes, 'crown'));
  return {
    known: bounds.filter(({ upper }) => Array.from(upper).every(Number.isFinite)).length,
    escaped: outputs.flatMap((y, at) => violations(bounds[boxOf[at] ?? 0] ?? rowOf(none, 0, 1), y)),
  };
}

const none: Bounds = { lower: [], upper: [] };

/** The exact output lies between two float64 bounds: some number there has to be inside. */
async function realEscapes({ it, boxes, points, boxOf }: Case): Promise<Result> {
  const bounds = boundsPerBox(await bounded(it.model, boxes, 'crown', 'real'));
  const { lower, upper } = await exactOutputs(it, points);
  const highest = cut(upper, boxOf.length);
  const escaped = cut(lower, boxOf.length).flatMap((lows, at) => {
    const own = bounds[boxOf[at] ?? 0] ?? none;
    const nearest = lows.map((low, element) => {
      const high = highest[at]?.[element] ?? Number.NaN;
      return Math.max(low, Math.min(own.lower[element] ?? Number.NaN, high));
    });
    return violations(own, nearest);
  });
  return { known: 0, escaped };
}

async function exactOutputs({ model }: Opened, points: Tensor<'float32'>): Promise<Bounds> {
  const exact = await openBounder(model, 'float64', inline, 'real');
  if (model.batched) return exact({ lower: points, upper: points });
  const [lower, upper]: [number[], number[]] = [[], []];
  for (let row = 0; row < (points.shape[0] ?? 0); row++) {
    const one = rows(points, row, row + 1);
    const bounds = await exact({ lower: one, upper: one });
    lower.push(...Array.from(bounds.lower));
    upper.push(...Array.from(bounds.upper));
  }
  return { lower, upper };
}

/** Sums of outputs with random factors. */
async function combinationEscapes({ it, boxes, boxOf, outputs }: Case, draw: Draw): Promise<Result> {
  const crown = crownOf(it.model);
  const [count, size] = [4, outputSize(it.model)];
  const factors = draw.tensor([count, size], draw.pick(['normal', 'cancelling', 'wide']));
  const escaped: string[] = [];
  for (let box = 0; box < boxCount; box++) {
    const least = await crown.combinations(boxAt(boxes, box), factors);
    outputs.forEach((y, at) => {
      if (boxOf[at] !== box) return;
      least.forEach((bound, row) => {
        const sum = y.reduce(
          (all, value, element) => all + value * (factors.data[row * size + element] ?? 0),
          0,
        );
        if (bound !== -Infinity && !(bound <= sum)) escaped.push(`${sum} is below ${bound}`);
      });
    });
  }
  return { known: 0, escaped };
}

async function escapes(file: Model, draw: Draw): Promise<Result> {
  const given = await caseOf(await opened(file), draw);
  const results = [
    await deployedEscapes(given),
    await realEscapes(given),
    await combinationEscapes(given, draw),
  ];
  return {
    known: results.reduce((sum, { known }) => sum + known, 0),
    escaped: results.flatMap(({ escaped }) => escaped),
  };
}

describe.each([
  { kind: 'perceptrons', build: perceptron, networks: 2 },
  { kind: 'convolutional networks', build: convolutional, networks: 2 },
  { kind: 'attention', build: attention, networks: 2 },
  { kind: 'branching graphs', build: branching, networks: 3 },
  { kind: 'fanned-out values', build: fannedOut, networks: 2 },
  { kind: 'strides, groups and pooling', build: strided, networks: 2 },
  { kind: 'several inputs', build: packed, networks: 2 },
  { kind: 'several outputs', build: severalOutputs, networks: 2 },
  { kind: 'files without batch axis', build: unbatched, networks: 4 },
])('random $kind', ({ build, networks }) => {
  test('deployed outputs and their combinations stay inside', async () => {
    let known = 0;
    for (let seed = 0; seed < networks; seed++) {
      const draw = new Draw(seed);
      const result = await escapes(build(draw), draw);
      expect(result.escaped.slice(0, 3), `seed ${seed}`).toEqual([]);
      known += result.known;
    }
    // Not vacuous: boxes of a normal kind have finite bounds.
    expect(known).toBeGreaterThanOrEqual(networks * boxesPerKind);
  });
});
