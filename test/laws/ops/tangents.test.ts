// Lines around smooth functions are as close as theory has it: they touch the function, chords at both ends.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';
import { openRelation } from '../../helpers/relaxing.js';
import { erf } from '../program/reference/elementwise.js';

const runtime = createInlineRuntime();

type Box = readonly [lower: number, upper: number];
type Form = {
  readonly node: NodeShorthand;
  readonly f: (x: number) => number;
  readonly boxes: readonly Box[];
  /** Boxes where a line is the chord. */
  readonly chords?: { readonly below?: readonly Box[]; readonly above?: readonly Box[] };
};

const positive: readonly Box[] = [
  [0.5, 0.75],
  [0.125, 8],
  [3, 40],
];
const negative = positive.map(([low, high]): Box => [-high, -low]);
const mixed: readonly Box[] = [
  [-3, 2],
  [-1, 5],
  [-6, 0.5],
  [-0.125, 0.25],
  [-60, 3],
  [-2, 90],
];
const all = [...positive, ...negative, ...mixed];
const unary = (type: string, attributes: NodeShorthand[3] = {}): NodeShorthand => [
  type,
  ['x'],
  'y',
  attributes,
];
const pow: NodeShorthand = ['Pow', ['x', 'e'], 'y'];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const elu = (x: number, alpha: number) => (x > 0 ? x : alpha * Math.expm1(x));
const sShaped = { boxes: all, chords: { below: positive, above: negative } };
const waves: readonly Box[] = [
  [0.25, 0.75],
  [1, 2],
  [-1, 1.5],
  [2, 4.5],
  [100, 102],
  [-51, -49.5],
];

const forms: Readonly<Record<string, Form & { readonly exponent?: number }>> = {
  Sigmoid: { node: unary('Sigmoid'), f: sigmoid, ...sShaped },
  Tanh: { node: unary('Tanh'), f: Math.tanh, ...sShaped },
  Erf: { node: unary('Erf'), f: erf, ...sShaped },
  Exp: { node: unary('Exp'), f: Math.exp, boxes: mixed.slice(0, 4), chords: { above: mixed.slice(0, 4) } },
  Softplus: {
    node: unary('Softplus'),
    f: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0),
    boxes: all,
    chords: { above: all },
  },
  Log: { node: unary('Log'), f: Math.log, boxes: positive, chords: { below: positive } },
  Sqrt: { node: unary('Sqrt'), f: Math.sqrt, boxes: [...positive, [0, 4]], chords: { below: positive } },
  Reciprocal: {
    node: unary('Reciprocal'),
    f: (x) => 1 / x,
    boxes: [...positive, ...negative],
    chords: { above: positive, below: negative },
  },
  'Pow 2': { node: pow, exponent: 2, f: (x) => x ** 2, boxes: all, chords: { above: all } },
  'Pow 3': {
    node: pow,
    exponent: 3,
    f: (x) => x ** 3,
    boxes: all,
    chords: { above: positive, below: negative },
  },
  'Pow 0.5': { node: pow, exponent: 0.5, f: Math.sqrt, boxes: positive, chords: { below: positive } },
  'Pow -1.5': {
    node: pow,
    exponent: -1.5,
    f: (x) => x ** -1.5,
    boxes: positive,
    chords: { above: positive },
  },
  Elu: { node: unary('Elu'), f: (x) => elu(x, 1), boxes: all, chords: { above: all } },
  'Elu, alpha 2': { node: unary('Elu', { alpha: { float: 2 } }), f: (x) => elu(x, 2), boxes: all },
  Gelu: { node: unary('Gelu'), f: (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)), boxes: mixed },
  'Gelu, tanh': {
    node: unary('Gelu', { approximate: 'tanh' }),
    f: (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
    boxes: mixed,
  },
  Sin: { node: unary('Sin'), f: Math.sin, boxes: waves },
  Cos: { node: unary('Cos'), f: Math.cos, boxes: waves },
};

const steps = 2000;

/** Distances of the function from the lower and the upper line at `steps` + 1 points of each box. */
async function distances({ node, f, boxes, exponent }: Form & { readonly exponent?: number }) {
  const constants: Record<string, Tensor> = exponent === undefined ? {} : { e: scalar(exponent) };
  const model = await discoverTypes(modelOf(['batch', 1], [node], constants, 20), 'form.onnx', runtime);
  const related = await openRelation(model, 'float64', 2, runtime);
  if (related === undefined) throw new TypeError('nothing to relate');
  const found = [];
  for (const [low, high] of boxes) {
    const box = { lower: float32([low], [1, 1]), upper: float32([high], [1, 1]) };
    const { coefficients, offset, gap } = await related.relate(box, Float32Array.of(1, -1));
    const [rising = 0, falling = 0] = Array.from(coefficients[0] ?? []);
    const points = Array.from({ length: steps + 1 }, (_, at) => low + ((high - low) * at) / steps);
    const [middle = 0, width = 0] = [offset[0], gap[0]];
    found.push({
      name: `[${low}, ${high}]`,
      below: points.map((x) => f(x) - (rising * x + middle - width)),
      above: points.map((x) => -falling * x + middle + width - f(x)),
      size: Math.max(...points.map((x) => Math.abs(f(x)))),
    });
  }
  return found;
}

/** What the deployed kernel may be off by, and what the grid misses beside the point where a line touches. */
const tolerance = (size: number): number => 8e-6 * (1 + size);

describe.each(Object.entries(forms))('%s', (_name, form) => {
  test('both lines hold and touch', async () => {
    for (const { name, below, above, size } of await distances(form)) {
      for (const side of [below, above]) {
        expect(Math.min(...side), name).toBeGreaterThanOrEqual(0);
        expect(Math.min(...side), name).toBeLessThanOrEqual(tolerance(size));
      }
    }
  });

  test('chords touch at both ends', async () => {
    const { below = [], above = [] } = form.chords ?? {};
    for (const [side, boxes] of [
      ['below', below],
      ['above', above],
    ] as const) {
      for (const found of await distances({ ...form, boxes })) {
        expect(found[side].at(0), found.name).toBeLessThanOrEqual(tolerance(found.size));
        expect(found[side].at(-1), found.name).toBeLessThanOrEqual(tolerance(found.size));
      }
    }
  });
});

describe.each(['Sigmoid', 'Tanh', 'Erf', 'Pow 3'] as const)('%s across its inflection', (name) => {
  test('tangents go through the far end', async () => {
    for (const [low, high] of mixed) {
      const [found] = await distances({ ...(forms[name] as Form), boxes: [[low, high]] });
      const [below, above] = [found?.below ?? [], found?.above ?? []];
      const width = Math.max(...below.map((distance, at) => distance + (above[at] ?? 0)));
      // The tangent cannot be in the middle where that is on the other side of the inflection.
      const isRight = low + high > 0;
      const side = isRight === (name === 'Pow 3') ? above : below;
      const distance = side.at(isRight ? -1 : 0) ?? width;
      expect(distance / width, `[${low}, ${high}]`).toBeLessThanOrEqual(1e-3 + 4e-6 / width);
    }
  });
});
