// Fixtures of Resize and Upsample: one to three axes, up and down, by scales or to sizes.
import { float32, int64 } from '../../../src/base/tensor.js';
import type { Draw } from '../../helpers/draw.js';
import type { AttributeShorthand } from '../../helpers/models.js';
import type { Fixture, Recipe } from './fixtures.js';

type Attributes = Readonly<Record<string, AttributeShorthand>>;

const coordinateModes = ['asymmetric', 'half_pixel', 'pytorch_half_pixel', 'align_corners'] as const;
const coordinates = (draw: Draw, opset: number): Attributes =>
  opset < 11 ? {} : { coordinate_transformation_mode: draw.pick(coordinateModes) };

/** @param shape without the batch; its first axis is left alone */
function resize(draw: Draw, opset: number, shape: readonly number[], attributes: Attributes) {
  if (opset >= 11 && draw.int(0, 2) === 0) {
    // The batch of the model that is drawn is open: sizes name it as the axis before them does.
    const target = shape.slice(1).map((size) => Math.max(1, size + draw.int(-1, 4)));
    const before = [
      ['Shape', ['x'], 'whole'],
      ['Slice', ['whole', 'zero', 'two'], 'outer'],
      ['Concat', ['outer', 'target'], 'sizes', { axis: 0 }],
    ] as const;
    const constants = { zero: int64([0]), two: int64([2]), target: int64(target), none: float32([]) };
    const absent = opset < 13 ? 'none' : '';
    const inputs = ['x', absent, absent, 'sizes'];
    return { shape, before, constants, node: ['Resize', inputs, 'y', attributes] } as const;
  }
  const scales = float32([1, 1, ...shape.slice(1).map(() => draw.pick([0.6, 1, 1.2, 1.5, 2, 2.7, 3]))]);
  const constants = { scales, none: float32([]) };
  const inputs = opset < 11 ? ['x', 'scales'] : ['x', opset < 13 ? 'none' : '', 'scales'];
  return { shape, constants, node: ['Resize', inputs, 'y', attributes] } as const;
}

export const nearestResize: Fixture = {
  opsets: [10, 11, 13, 18, 19],
  bits: true,
  draw: (draw, _flavour, opset): Recipe => {
    const shape = draw.ints(draw.int(2, 3), 2, 4);
    const rounding: Attributes =
      opset < 11
        ? {}
        : { nearest_mode: draw.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) };
    const modes = { mode: 'nearest', ...coordinates(draw, opset), ...rounding };
    return { ...resize(draw, opset, shape, modes), terms: 0 };
  },
};

/** Scales are an attribute before opset 9. */
const upsample = (draw: Draw, opset: number, mode: string): Omit<Recipe, 'terms'> => {
  const shape = draw.ints(3, 1, 4);
  const scales = [1, 1, ...draw.ints(2, 2, 6).map((half) => half / 2)];
  return opset < 9
    ? { shape, node: ['Upsample', ['x'], 'y', { mode, scales: { kind: 'floats', value: scales } }] }
    : { shape, node: ['Upsample', ['x', 'scales'], 'y', { mode }], constants: { scales: float32(scales) } };
};

export const nearestUpsample: Fixture = {
  opsets: [7, 9],
  bits: true,
  draw: (draw, _flavour, opset) => ({ ...upsample(draw, opset, 'nearest'), terms: 0 }),
};

export const interpolationFixtures: Readonly<Record<string, Fixture>> = {
  'Resize by linear interpolation': {
    opsets: [10, 11, 13, 18, 19],
    affine: true,
    draw: (draw, _flavour, opset) => {
      const shape = draw.ints(draw.int(2, 4), 2, 4);
      return { ...resize(draw, opset, shape, { mode: 'linear', ...coordinates(draw, opset) }), terms: 8 };
    },
  },
  'Upsample by linear interpolation': {
    opsets: [7, 9],
    affine: true,
    draw: (draw, _flavour, opset) => ({ ...upsample(draw, opset, 'linear'), terms: 4 }),
  },
};
