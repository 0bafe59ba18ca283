// Fixtures of operators that move elements at constant places.
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import type { Draw } from '../../helpers/draw.js';
import type { AttributeShorthand, NodeShorthand } from '../../helpers/models.js';
import type { Fixture, Recipe } from './fixtures.js';
import { nearestResize, nearestUpsample } from './fixtures-resize.js';

const shapeOf = (draw: Draw, from = 1, to = 3): number[] => draw.ints(draw.int(from, to), 1, 4);

/** Without rounding, and with ONNX Runtime's own bits. */
const moving = (
  opsets: readonly number[],
  recipe: (draw: Draw, opset: number) => Omit<Recipe, 'terms'>,
): Fixture => ({
  opsets,
  bits: true,
  draw: (draw, _flavour, opset) => ({ ...recipe(draw, opset), terms: 0 }),
});

/** Lists that are attributes before some opset and inputs since; inputs that are left out are named ''. */
function withLists(
  type: string,
  asInputs: boolean,
  lists: Readonly<Record<string, readonly number[] | undefined>>,
  others: Readonly<Record<string, AttributeShorthand>> = {},
): { node: NodeShorthand; constants: Record<string, Tensor> } {
  const given = Object.entries(lists).filter((entry): entry is [string, number[]] => entry[1] !== undefined);
  if (!asInputs)
    return { node: [type, ['x'], 'y', { ...Object.fromEntries(given), ...others }], constants: {} };
  const names = Object.entries(lists).map(([name, list]) => (list === undefined ? '' : name));
  while (names.at(-1) === '') names.pop();
  return {
    node: [type, ['x', ...names], 'y', others],
    constants: Object.fromEntries(given.map(([name, list]) => [name, int64(list)])),
  };
}

const constantAt = (draw: Draw, shape: readonly number[], size: number): Tensor =>
  int64(
    draw.ints(
      shape.reduce((a, b) => a * b, 1),
      -size,
      size - 1,
    ),
    shape,
  );

/** An axis behind the batch, from either end. */
const axisOf = (draw: Draw, rank: number): { axis: number; written: number } => {
  const axis = draw.int(1, rank);
  return { axis, written: draw.flag() ? axis : axis - rank - 1 };
};

const zero = float32([0], []);
/** 1 where x is positive, else 0: indices that boxes of any kind keep inside an axis. */
const bits: readonly NodeShorthand[] = [
  ['Greater', ['x', 'zero'], 'positive'],
  ['Cast', ['positive'], 'at', { to: 7 }],
];

/** Elements of a point may tie, and then bounds are as wide as their distance. */
const extremum = (type: string): Fixture => ({
  ...moving([7, 11, 12, 13], (draw, opset) => {
    const shape = shapeOf(draw);
    const { axis, written } = axisOf(draw, shape.length);
    const last: Record<string, number> = opset < 12 ? {} : { select_last_index: draw.int(0, 1) };
    const attributes: Record<string, number> = {
      axis: opset < 11 ? axis : written,
      keepdims: draw.int(0, 1),
      ...last,
    };
    return { shape, node: [type, ['x'], 'y', attributes] };
  }),
});

/** x times a number that has to do with sizes. */
const sized = (before: readonly NodeShorthand[]): Fixture => ({
  opsets: [15, 19],
  bits: true,
  draw: (draw) => ({
    shape: shapeOf(draw),
    before: [...before, ['Cast', ['sizes'], 'number', { to: 1 }]],
    node: ['Mul', ['x', 'number'], 'y'],
    constants: { table: draw.tensor([draw.int(1, 3)]) },
    terms: 1,
  }),
});

export const movementFixtures = {
  Slice: moving([7, 9, 10, 13], (draw, opset) => {
    const shape = shapeOf(draw);
    const { axis, written } = axisOf(draw, shape.length);
    const size = shape[axis - 1] ?? 1;
    const step = opset < 10 ? 1 : draw.pick([1, 2, -1, -2]);
    const inner = draw.int(0, size - 1);
    const [start, end] =
      step > 0
        ? [draw.pick([inner, inner - size, -9]), draw.pick([inner + 1, 9, 2 ** 31 - 1, 2 ** 53])]
        : [draw.pick([inner, inner - size, 9]), draw.pick([inner - size - 1, -9, -(2 ** 53)])];
    // The batch, untouched, and the axis; or the axes in order from the batch on.
    const named = draw.flag();
    const whole = (value: number, other: number) =>
      named ? [value] : [...Array.from({ length: axis }, () => other), value];
    return {
      shape,
      ...withLists('Slice', opset >= 10, {
        starts: whole(start, 0),
        ends: whole(end, 2 ** 53),
        axes: named ? [written] : undefined,
        steps: opset < 10 || (step === 1 && draw.flag()) ? undefined : named ? [step] : whole(step, 1),
      }),
    };
  }),
  Split: moving([7, 11, 13, 18], (draw, opset) => {
    const parts = draw.ints(draw.int(2, 3), 1, 3);
    const equal = draw.flag();
    const total = equal ? 2 * parts.length : parts.reduce((a, b) => a + b, 0);
    const shape = [...shapeOf(draw, 0, 2), total];
    const outputs = parts.map((_, at) => `part${at}`);
    const shown = draw.int(0, parts.length - 1);
    const { node, constants } = withLists('Split', opset >= 13, { split: equal ? undefined : parts });
    const count: Record<string, number> = equal && opset >= 18 ? { num_outputs: parts.length } : {};
    return {
      shape,
      node: [node[0], node[1], outputs.with(shown, 'y'), { ...node[3], axis: shape.length, ...count }],
      constants,
    };
  }),
  Gather: moving([7, 11, 13], (draw) => {
    const shape = shapeOf(draw);
    const { axis, written } = axisOf(draw, shape.length);
    const at = constantAt(draw, draw.ints(draw.int(0, 2), 1, 3), shape[axis - 1] ?? 1);
    return { shape, node: ['Gather', ['x', 'at'], 'y', { axis: written }], constants: { at } };
  }),
  Expand: moving([8, 13], (draw) => {
    const shape = shapeOf(draw).map((dim) => (draw.flag() ? 1 : dim));
    const to = [1, ...shape.map((dim) => (dim > 1 && draw.flag() ? 1 : dim === 1 ? draw.int(1, 3) : dim))];
    return {
      shape,
      node: ['Expand', ['x', 'to'], 'y'],
      constants: { to: int64(to.slice(draw.int(0, to.length - 1))) },
    };
  }),
  Tile: moving([7, 13], (draw) => {
    const shape = shapeOf(draw);
    const times = int64([1, ...shape.map(() => draw.int(1, 3))]);
    return { shape, node: ['Tile', ['x', 'times'], 'y'], constants: { times } };
  }),
  Pad: moving([7, 10, 11, 13, 18, 19], (draw, opset) => {
    const shape = draw.ints(draw.int(1, 2), 2, 5);
    const mode = draw.pick(['constant', 'reflect', 'edge', ...(opset >= 19 ? ['wrap'] : [])]);
    const axes = shape.map((_, at) => at + 1);
    // Reflection needs something to reflect: at most one element is cropped of two.
    const counts = [...shape, ...shape].map(() => draw.int(mode === 'constant' ? -1 : 0, 1));
    const named = opset >= 18 && draw.flag();
    const pads = named ? counts : [0, ...counts.slice(0, shape.length), 0, ...counts.slice(shape.length)];
    const value = draw.flag() ? Math.fround(draw.number('normal')) : undefined;
    const safe = shape.map((size) => size + (mode === 'constant' ? 2 : 0));
    if (opset < 11)
      return {
        shape: safe,
        node: ['Pad', ['x'], 'y', { mode, pads, ...(value !== undefined && { value: { float: value } }) }],
      };
    const inputs = ['x', 'pads', value === undefined ? '' : 'value', ...(named ? ['axes'] : [])];
    return {
      shape: safe,
      node: ['Pad', inputs.at(-1) === '' ? inputs.slice(0, -1) : inputs, 'y', { mode }],
      constants: {
        pads: int64(pads),
        ...(value !== undefined && { value: float32([value], []) }),
        ...(named && { axes: int64(axes) }),
      },
    };
  }),
  GatherElements: moving([11, 13], (draw) => {
    const { axis, written } = axisOf(draw, 2);
    const at: NodeShorthand = ['GatherElements', ['x', 'at'], 'y', { axis: written }];
    return { shape: [2, 2].with(axis - 1, draw.int(2, 4)), before: bits, node: at, constants: { zero } };
  }),
  GatherND: moving([11, 13], (draw) => {
    const depth = draw.int(1, 2);
    const table = draw.tensor([...new Array<number>(depth).fill(2), ...draw.ints(draw.int(0, 2), 1, 3)]);
    const node: NodeShorthand = ['GatherND', ['table', 'at'], 'y'];
    return { shape: [draw.int(1, 3), depth], before: bits, node, constants: { zero, table } };
  }),
  ScatterElements: moving([11, 13, 16], (draw) => {
    const shape = draw.ints(2, 2, 3);
    const { axis, written } = axisOf(draw, 2);
    return {
      shape,
      before: [
        ['Gather', ['x', 'first'], 'updates', { axis }],
        ['Greater', ['updates', 'zero'], 'positive'],
        ['Cast', ['positive'], 'at', { to: 7 }],
      ],
      node: ['ScatterElements', ['x', 'at', 'updates'], 'y', { axis: written }],
      constants: { zero, first: int64([0]) },
    };
  }),
  ScatterND: moving([11, 13, 16], (draw) => {
    const size = draw.int(2, 4);
    const at = Array.from({ length: size }, (_, place) => (draw.flag() ? place : place - size));
    const kept = draw.int(1, size);
    // Indices go into leading axes: the batch is put last, and back.
    return {
      shape: [size],
      before: [
        ['Transpose', ['x'], 't', {}],
        ['Gather', ['t', 'some'], 'updates', { axis: 0 }],
        ['ScatterND', ['t', 'at', 'updates'], 'scattered'],
      ],
      node: ['Transpose', ['scattered'], 'y', {}],
      constants: {
        some: int64(draw.ints(kept, 0, size - 1)),
        at: int64(at.sort(() => (draw.flag() ? 1 : -1)).slice(0, kept), [kept, 1]),
      },
    };
  }),
  OneHot: moving([9, 11], (draw) => {
    const shape = draw.ints(draw.int(1, 2), 1, 3);
    const axis = draw.int(-1, shape.length + 1);
    return {
      shape,
      before: bits,
      node: ['OneHot', ['at', 'depth', 'values'], 'y', { axis: axis === 0 ? -1 : axis }],
      constants: { zero, depth: int64([draw.int(1, 3)]), values: draw.tensor([2]) },
    };
  }),
  Resize: nearestResize,
  Upsample: nearestUpsample,
  // Of fixed sizes, which are folded; test/unit/ops/shapes.test.ts has those of one instance.
  Shape: sized([['Shape', ['x'], 'sizes', { start: 1, end: 2 }]]),
  Size: sized([['Size', ['table'], 'sizes']]),
  ConstantOfShape: sized([
    ['Shape', ['x'], 'inner', { start: 1 }],
    ['ConstantOfShape', ['inner'], 'sizes'],
  ]),
  DepthToSpace: moving([11, 13], (draw) => {
    const blocksize = draw.int(1, 3);
    const shape = [draw.int(1, 2) * blocksize * blocksize, ...draw.ints(2, 1, 3)];
    const mode = draw.pick(['DCR', 'CRD']);
    return { shape, node: ['DepthToSpace', ['x'], 'y', { blocksize, mode }] };
  }),
  SpaceToDepth: moving([7, 13], (draw) => {
    const blocksize = draw.int(1, 3);
    const shape = [draw.int(1, 2), ...draw.ints(2, 1, 2).map((size) => size * blocksize)];
    return { shape, node: ['SpaceToDepth', ['x'], 'y', { blocksize }] };
  }),
  Trilu: moving([14], (draw) => {
    const inputs = draw.flag() ? ['x', 'k'] : ['x'];
    const node: NodeShorthand = ['Trilu', inputs, 'y', { upper: draw.int(0, 1) }];
    return { shape: shapeOf(draw, 2, 3), node, constants: { k: int64([draw.int(-3, 3)], []) } };
  }),
  ArgMax: extremum('ArgMax'),
  ArgMin: extremum('ArgMin'),
} satisfies Record<string, Fixture>;
