// Fixtures of operators over windows: one or two spatial axes, strides, dilations, padding of every kind.
import type { Draw } from '../../helpers/draw.js';
import type { AttributeShorthand } from '../../helpers/models.js';
import type { Fixture } from './fixtures.js';

type Windows = { readonly dilated: boolean };

function windowOf(draw: Draw, { dilated }: Windows) {
  const axes = draw.int(1, 3);
  const kernel = draw.ints(axes, 1, 3);
  const automatic = draw.pick(['SAME_UPPER', 'SAME_LOWER', 'VALID', undefined, undefined, undefined]);
  const same = automatic?.startsWith('SAME') ?? false;
  // With automatic padding ONNX Runtime refuses strides beyond the kernel, and dilations.
  const strides = kernel.map((length) => draw.int(1, same ? Math.min(length, 2) : 2));
  const dilations = kernel.map(() => (dilated && !same ? draw.int(1, 2) : 1));
  const reach = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  const size = reach.map((least) => least + draw.int(0, 3));
  const pads = draw.flag()
    ? kernel.flatMap(() => [0, 0])
    : [...kernel, ...kernel].map((k) => draw.int(0, k - 1));
  const attributes: Record<string, AttributeShorthand> = {
    kernel_shape: kernel,
    strides,
    ...(dilated && { dilations }),
    ...(automatic === undefined ? { pads } : { auto_pad: automatic }),
  };
  return { kernel, size, attributes };
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

export const conv: Fixture = {
  opsets: [7, 11, 13],
  affine: true,
  draw: (draw, flavour) => {
    const { kernel, size, attributes } = windowOf(draw, { dilated: true });
    const [group, inputs, outputs] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 3)];
    const bias = draw.flag();
    return {
      shape: [group * inputs, ...size],
      node: ['Conv', ['x', 'w', ...(bias ? ['b'] : [])], 'y', { ...attributes, group }],
      constants: {
        w: draw.tensor([group * outputs, inputs, ...kernel], flavour),
        ...(bias && { b: draw.tensor([group * outputs], flavour) }),
      },
      terms: inputs * product(kernel),
    };
  },
};

/** Lengths as given by pads and output padding, asked for with output_shape, or automatic. */
function transposedLengths(
  draw: Draw,
  kernel: readonly number[],
  strides: readonly number[],
  full: readonly number[],
) {
  const form = draw.pick(['pads', 'pads', 'output_shape', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
  const output_padding = draw.flag() ? strides.map((stride) => draw.int(0, stride - 1)) : undefined;
  const padding = output_padding && { output_padding };
  if (form === 'pads')
    return { pads: [...kernel, ...kernel].map((k) => draw.int(0, (k - 1) >> 1)), ...padding };
  if (form !== 'output_shape') return { auto_pad: form, ...padding };
  const output_shape = full.map((length) => Math.max(1, length + draw.int(-2, 0)));
  return { output_shape, ...(draw.flag() && { auto_pad: draw.pick(['SAME_UPPER', 'SAME_LOWER']) }) };
}

export const convTranspose: Fixture = {
  opsets: [7, 11],
  affine: true,
  draw: (draw, flavour) => {
    const axes = draw.int(1, 3);
    const kernel = draw.ints(axes, 1, 3);
    const [strides, dilations, size] = [draw.ints(axes, 1, 3), draw.ints(axes, 1, 2), draw.ints(axes, 1, 3)];
    const at = (list: readonly number[], axis: number) => list[axis] ?? 1;
    const full = kernel.map((k, a) => (at(size, a) - 1) * at(strides, a) + (k - 1) * at(dilations, a) + 1);
    const [group, inputs, outputs] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 2)];
    const bias = draw.flag();
    const lengths = transposedLengths(draw, kernel, strides, full);
    return {
      shape: [group * inputs, ...size],
      node: [
        'ConvTranspose',
        ['x', 'w', ...(bias ? ['b'] : [])],
        'y',
        { strides, dilations, group, ...lengths },
      ],
      constants: {
        w: draw.tensor([group * inputs, outputs, ...kernel], flavour),
        ...(bias && { b: draw.tensor([group * outputs], flavour) }),
      },
      terms: inputs * product(kernel),
    };
  },
};

export const maxPool: Fixture = {
  opsets: [7, 8, 10, 12],
  bits: true,
  draw: (draw, _flavour, opset) => {
    const { size, attributes } = windowOf(draw, { dilated: opset >= 10 });
    const ceil: Record<string, number> = opset >= 10 ? { ceil_mode: draw.int(0, 1) } : {};
    return {
      shape: [draw.int(1, 3), ...size],
      node: ['MaxPool', ['x'], 'y', { ...attributes, ...ceil }],
      terms: 0,
    };
  },
};

export const averagePool: Fixture = {
  opsets: [7, 10, 11, 19],
  affine: true,
  draw: (draw, _flavour, opset) => {
    const { kernel, size, attributes } = windowOf(draw, { dilated: opset >= 19 });
    const counting: Record<string, number> =
      opset < 10 || draw.flag() ? { count_include_pad: draw.int(0, 1) } : { ceil_mode: 1 };
    return {
      shape: [draw.int(1, 3), ...size],
      node: ['AveragePool', ['x'], 'y', { ...attributes, ...counting }],
      terms: product(kernel),
    };
  },
};

export const globalAveragePool: Fixture = {
  opsets: [7],
  affine: true,
  draw: (draw) => {
    const shape = draw.ints(draw.int(2, 3), 1, 4);
    return { shape, node: ['GlobalAveragePool', ['x'], 'y'], terms: product(shape.slice(1)) };
  },
};

export const globalMaxPool: Fixture = {
  opsets: [7],
  bits: true,
  draw: (draw) => ({
    shape: draw.ints(draw.int(2, 3), 1, 4),
    node: ['GlobalMaxPool', ['x'], 'y'],
    terms: 0,
  }),
};
