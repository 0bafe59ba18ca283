// Packing changes no number: what is computed as one long vector is what each part is by itself, whatever it is made of.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensor, toNumbers } from '../../../src/base/tensor.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import type { Dims } from '../../../src/program/dims.js';
import { emitModel, type Outputs } from '../../../src/program/emit.js';
import { packed } from '../../../src/program/packing/pack.js';
import { Program } from '../../../src/program/program.js';
import type { Feeds } from '../../../src/program/session.js';
import type { Value } from '../../../src/program/value.js';
import { effort, holds } from '../../helpers/laws.js';
import { bytesOf, compute, result, tensorFrom } from '../../helpers/programs.js';
import { nth } from './reference/dense.js';

type Step = { readonly kind: number; readonly a: number; readonly b: number };
type Track = { readonly size: number; readonly numbers: readonly number[] };
type Drawn = {
  readonly form: number;
  readonly tracks: readonly Track[];
  readonly steps: readonly Step[];
  readonly isChained: boolean;
  readonly kept: readonly number[];
};

/** Shapes of one vector of `size` elements: all of one layer have one. */
const forms: readonly ((size: number) => Dims)[] = [
  (size) => ['batch', size],
  (size) => ['batch', 1, size],
  (size) => ['batch', size, 1],
  (size) => ['batch', 2, size],
  (size) => [size],
  (size) => [1, size],
  () => ['batch'],
];
const batch = 2;
const sizesOf = (dims: Dims) => dims.map((dim) => (dim === 'batch' ? batch : Number(dim)));

/** What a layer may do; `c` is a constant of its own, `k` a number that differs from layer to layer. */
type Own = { readonly c: Value; readonly k: number };
const steps: readonly ((p: Program, a: Value, b: Value, own: Own) => Value)[] = [
  (p, a, b) => p.add(a, b),
  (p, a, b) => p.sub(b, a),
  (p, a, b) => p.mul(a, p.neg(b)),
  (p, a, b) => p.div(a, p.abs(b)),
  (p, a, b) => p.max(a, b),
  (p, a, b) => p.where(p.greater(a, b), a, 0.25),
  (p, a, b) => p.where(p.or(p.isNaN(a), p.lessOrEqual(b, 0)), b, -Infinity),
  (p, a) => p.relu(a),
  (p, a, _b, { c }) => p.add(p.mul(a, c), 3),
  (p, a, _b, { k }) => p.min(p.mul(a, k), 7),
  // Not computed in packs: what follows is of another stage.
  (p, a) => p.tanh(a),
  (p, a) => p.cast(p.cast(a, 'float64'), 'float32'),
  (p, a) => p.reshape(p.abs(p.reshape(a, flattened(a.shape))), a.shape),
];
const flattened = (dims: Dims): Dims =>
  typeof dims[0] === 'string'
    ? [dims[0], 1, dims.slice(1).reduce<number>((size, dim) => size * Number(dim), 1)]
    : [dims.reduce<number>((size, dim) => size * Number(dim), 1), 1];

const number = fc.oneof(
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1, 3e38, -3e38, 1e-42, -1e-42),
  fc.double({ min: -4, max: 4, noNaN: true }),
);
const drawn: fc.Arbitrary<Drawn> = fc.record({
  form: fc.nat(forms.length - 1),
  tracks: fc.array(
    fc.record({
      size: fc.oneof(fc.constant(3), fc.integer({ min: 1, max: 17 })),
      numbers: fc.array(number, { minLength: 8, maxLength: 40 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  steps: fc.array(fc.record({ kind: fc.nat(steps.length - 1), a: fc.nat(12), b: fc.nat(12) }), {
    minLength: 2,
    maxLength: 12,
  }),
  isChained: fc.boolean(),
  kept: fc.array(fc.nat(12), { minLength: 1, maxLength: 3 }),
});

const cyclic = (numbers: readonly number[], from: number, count: number) =>
  Array.from({ length: count }, (_, at) => nth(numbers, (from + at) % numbers.length));

function build({ form, tracks, steps: chosen, isChained, kept }: Drawn) {
  const p = new Program();
  const feeds: Record<string, Feeds[string]> = {};
  const outputs: Record<string, Value> = {};
  let before: Value | undefined;
  tracks.forEach(({ size, numbers }, track) => {
    const dims = nth(forms, form)(size);
    const shape = sizesOf(dims);
    const count = shape.reduce((product, length) => product * length, 1);
    const leaf = (name: string, from: number) => {
      feeds[`${name}${track}`] = tensorFrom('float32', shape, cyclic(numbers, from, count));
      return p.input(`${name}${track}`, 'float32', dims);
    };
    const values = [leaf('x', 0), leaf('y', 3)];
    // A layer that depends on the one before it cannot be computed together with it.
    if (isChained && before !== undefined) {
      const axes = before.shape.flatMap((_, axis) => (before?.shape[axis] === 'batch' ? [] : [axis]));
      values[0] = p.add(nth(values, 0), p.reduceMax(before, axes));
    }
    const last = typeof dims.at(-1) === 'number' ? Number(dims.at(-1)) : 1;
    const own = { c: p.constant(tensorFrom('float32', [last], cyclic(numbers, 5, last))), k: track % 3 };
    for (const { kind, a, b } of chosen)
      values.push(nth(steps, kind)(p, nth(values, a % values.length), nth(values, b % values.length), own));
    for (const at of kept) outputs[`o${track}_${at % values.length}`] = nth(values, at % values.length);
    before = values.at(-1);
  });
  return { p, outputs, feeds };
}

const nodesOf = (outputs: Outputs): number =>
  decodeModel(emitModel(outputs), { file: 'packed.onnx' }).graph.nodes.length;

test('programs of several layers keep every number, and never grow', () =>
  holds(
    drawn,
    async (layers) => {
      const { p, outputs, feeds } = build(layers);
      const options = { fold: false, optimization: 'disabled' } as const;
      const plain = await compute(p, outputs, feeds, { ...options, pack: false });
      const together = await compute(p, outputs, feeds, { ...options, pack: true });
      expect(Object.keys(together)).toEqual(Object.keys(plain));
      for (const name of Object.keys(plain)) {
        expect(result(together, name).shape).toEqual(result(plain, name).shape);
        // Zeros of both signs are two numbers; NaN is one, whose sign depends on where a kernel meets it.
        expect(toNumbers(result(together, name))).toEqual(toNumbers(result(plain, name)));
      }
      expect(nodesOf(packed(p, outputs))).toBeLessThanOrEqual(nodesOf(outputs));
    },
    effort(80),
  ));

test('booleans and integers, too', async () => {
  const p = new Program();
  const outputs: Record<string, Value> = {};
  const feeds: Record<string, Feeds[string]> = {};
  for (const at of [0, 1, 2, 3]) {
    const x = p.input(`x${at}`, 'int64', ['batch', at + 1]);
    feeds[`x${at}`] = tensor(
      'int64',
      [1, at + 1],
      BigInt64Array.from({ length: at + 1 }, (_, i) => BigInt(i - 1)),
    );
    const isSmall = p.and(p.less(x, at), p.not(p.equal(x, 0)));
    outputs[`y${at}`] = p.where(isSmall, p.mul(x, p.add(x, 5)), at - 2);
    outputs[`b${at}`] = isSmall;
  }
  const plain = await compute(p, outputs, feeds, { pack: false });
  const together = await compute(p, outputs, feeds);
  for (const name of Object.keys(outputs))
    expect(bytesOf(result(together, name))).toEqual(bytesOf(result(plain, name)));
  expect(nodesOf(packed(p, outputs))).toBeLessThan(nodesOf(outputs) - 10);
});
