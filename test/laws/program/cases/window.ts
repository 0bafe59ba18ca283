// Convolutions and pooling with odd strides, dilations, groups and asymmetric padding, over one to three axes.
import fc from 'fast-check';
import { only, pair } from '../../../../src/program/value.js';
import { nth } from '../reference/dense.js';
import {
  channelMeans,
  conv,
  convTranspose,
  maxPool,
  maxPoolIndices,
  outputSize,
} from '../reference/window.js';
import { type Case, input } from './case.js';

const list = (length: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });

const geometry = fc.integer({ min: 1, max: 3 }).chain((axes) =>
  fc.record({
    size: list(axes, 1, axes === 3 ? 3 : 5),
    kernel: list(axes, 1, axes === 3 ? 2 : 3),
    strides: list(axes, 1, 3),
    dilations: list(axes, 1, 2),
    pads: list(2 * axes, 0, 2),
    batch: fc.integer({ min: 1, max: 3 }),
    open: fc.boolean(),
    group: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 2 }),
    extra: list(axes, 0, 2),
  }),
);
type Drawn = typeof geometry extends fc.Arbitrary<infer G> ? G : never;

const fits = ({ size, kernel, ...g }: Drawn) => outputSize(size, kernel, g).every((length) => length >= 1);

const convCase: fc.Arbitrary<Case> = geometry.filter(fits).map((drawn) => {
  const { size, kernel, batch, open, group, channels, filters, ...g } = drawn;
  const window = { strides: g.strides, pads: g.pads, dilations: g.dilations, group };
  return {
    inputs: [input([batch, channels * group, ...size], open), input([filters * group, channels, ...kernel])],
    build: (p, values) => p.conv(...pair(values), window),
    expected: (values) => conv(nth(values, 0), nth(values, 1), g, group),
  };
});

const transposedSize = ({ size, kernel, strides, dilations, pads, extra }: Drawn) =>
  size.map(
    (length, axis) =>
      (length - 1) * nth(strides, axis) +
      (nth(kernel, axis) - 1) * nth(dilations, axis) +
      1 -
      nth(pads, axis) -
      nth(pads, axis + size.length) +
      nth(extra, axis),
  );

const convTransposeCase: fc.Arbitrary<Case> = geometry
  .map((drawn) => ({ ...drawn, extra: drawn.extra.map((e, axis) => e % nth(drawn.strides, axis)) }))
  .filter((drawn) => transposedSize(drawn).every((length) => length >= 1))
  .map((drawn) => {
    const { size, kernel, batch, open, group, channels, filters, extra, ...g } = drawn;
    const window = { strides: g.strides, pads: g.pads, dilations: g.dilations, group };
    return {
      inputs: [
        input([batch, channels * group, ...size], open),
        input([channels * group, filters, ...kernel]),
      ],
      build: (p, values) => p.convTranspose(...pair(values), window, extra),
      expected: (values) => convTranspose(nth(values, 0), nth(values, 1), g, group, extra),
    };
  });

/** ONNX Runtime wants padding below the kernel's size, so that every window holds an element. */
const poolGeometry = geometry
  .map((drawn) => ({
    ...drawn,
    pads: drawn.pads.map((count, at) => Math.min(count, nth(drawn.kernel, at % drawn.kernel.length) - 1)),
  }))
  .filter(fits)
  .filter(everyWindowHolds);

/** With dilation a window can still lie in the padding altogether. */
function everyWindowHolds({ size, kernel, ...g }: Drawn): boolean {
  return outputSize(size, kernel, g).every((length, axis) =>
    Array.from({ length }, (_, out) => out * nth(g.strides, axis) - nth(g.pads, axis)).every((first) =>
      Array.from({ length: nth(kernel, axis) }, (_, tap) => first + tap * nth(g.dilations, axis)).some(
        (at) => at >= 0 && at < nth(size, axis),
      ),
    ),
  );
}

const poolCase = (indices: boolean): fc.Arbitrary<Case> =>
  poolGeometry.map(({ size, kernel, batch, open, channels, ...g }) => {
    const pooling = { kernel, strides: g.strides, pads: g.pads, dilations: g.dilations };
    const reference = indices ? maxPoolIndices : maxPool;
    return {
      inputs: [input([batch, channels, ...size], open)],
      build: (p, values) => {
        const pooled = p.maxPool(only(values), pooling);
        return indices ? p.maxPoolIndices(pooled) : pooled;
      },
      expected: (values) => reference(nth(values, 0), kernel, g),
      exact: true,
    };
  });

const averageCase: fc.Arbitrary<Case> = geometry.map(({ size, batch, open, channels }) => ({
  inputs: [input([batch, channels, ...size], open)],
  build: (p, values) => p.globalAveragePool(only(values)),
  expected: (values) => channelMeans(nth(values, 0)),
}));

export const windowCases = {
  globalAveragePool: averageCase,
  conv: convCase,
  convTranspose: convTransposeCase,
  maxPool: poolCase(false),
  maxPoolIndices: poolCase(true),
};
