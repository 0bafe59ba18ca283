// Building changes nothing but speed: folding, sharing and dropping keep every bit of the results.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, float64, toNumbers } from '../../../src/base/tensor.js';
import { compile } from '../../../src/program/compile.js';
import { emitModel, type Outputs } from '../../../src/program/emit.js';
import { Program } from '../../../src/program/program.js';
import { reachable, type Value } from '../../../src/program/value.js';
import { countingRuntime } from '../../helpers/counting-runtime.js';
import { holds } from '../../helpers/laws.js';
import { bytesOf, compute, inline, result, tensorFrom } from '../../helpers/programs.js';
import { cases, lawful } from './cases/index.js';
import { build, dtypeOf, feedsOf, type Instance, instances } from './cases/instance.js';
import { expression } from './expressions.js';
import { nth } from './reference/dense.js';

/** The same case with the inputs of a mask as constants. */
function partlyConstant({ law, values }: Instance, mask: readonly boolean[], dtype: 'float32' | 'float64') {
  const p = new Program();
  const inputs = law.inputs.map((given, at): Value => {
    const { shape, data } = nth(values, at);
    const type = dtypeOf(given, dtype);
    return mask[at] ? p.constant(tensorFrom(type, shape, data)) : p.input(`x${at}`, type, shape);
  });
  return { p, y: law.build(p, inputs) };
}

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  test.each(lawful)('folding %s changes no bit', (name) =>
    holds(
      fc.tuple(instances(cases[name]), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })),
      async ([instance, mask]) => {
        const { p, y } = partlyConstant(instance, mask, dtype);
        const outputs = { y, again: p.not(p.not(p.cast(y, 'bool'))) };
        const feeds = feedsOf(instance, dtype);
        const folded = await compute(p, outputs, feeds);
        const plain = await compute(p, outputs, feeds, { fold: false, optimization: 'disabled' });
        expect(bytesOf(result(folded, 'y'))).toEqual(bytesOf(result(plain, 'y')));
        expect(bytesOf(result(folded, 'again'))).toEqual(bytesOf(result(plain, 'again')));
      },
      8,
    ),
  );
});

/** Replays an expression with its first input as a constant of the fed value. */
const withConstant = ({ p, inputs, loss, feeds }: Parameters<typeof sameBits>[0]): Outputs => {
  const [first] = inputs;
  if (first === undefined) return { loss };
  const constant = p.constant(result(feeds, String(first.attributes.name)));
  const map = p.rebuild(reachable([loss]), new Map([[first, constant]]));
  return { loss: map(loss) };
};

async function sameBits(drawn: typeof expression extends fc.Arbitrary<infer E> ? E : never): Promise<void> {
  const outputs = withConstant(drawn);
  const runs = await Promise.all([
    compute(drawn.p, outputs, drawn.feeds),
    compute(drawn.p, outputs, drawn.feeds, { fold: false }),
    compute(drawn.p, { loss: drawn.loss }, drawn.feeds, { fold: false }),
  ]);
  const [folded, plain, original] = runs.map((results) => toNumbers(result(results, 'loss')));
  expect(folded).toEqual(plain);
  // An input of open size or a constant: the same kernels on the same numbers.
  expect(plain).toEqual(original);
}

test('random expressions keep their meaning when rebuilt on constants and folded', () => {
  const staticFirst = expression.filter(({ inputs }) => inputs[0]?.shape.includes('batch') === false);
  return holds(staticFirst, sameBits, 60);
});

test('equal expressions are one object', () =>
  holds(
    fc.constantFrom(...lawful).chain((name) => instances(cases[name])),
    async (instance) => {
      const { p, inputs, value } = build(instance, 'float32');
      expect(instance.law.build(p, inputs)).toBe(value);
    },
    200,
  ));

test('expressions that differ in a special value only are different', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', 2]);
  const numbers = [Infinity, -Infinity, Number.NaN, 0, -0];
  const pads = numbers.map((value) => p.pad(x, [0, 1], [0, 0], value));
  const fills = numbers.map((value) => p.fillLike(x, value));
  expect(new Set([...pads, ...fills]).size).toBe(2 * numbers.length);
  expect(p.constant(float32([0]))).not.toBe(p.constant(float32([-0])));
  expect(p.constant(float32([0]))).not.toBe(p.constant(float64([0])));
  expect(p.constant(float32([0, 0], [1, 2]))).not.toBe(p.constant(float32([0, 0], [2, 1])));
  expect(p.constant(float32([1, 2]))).toBe(p.constant(float32([1, 2])));
});

/** An MLP layer, with something else built in between or not. */
function layer(p: Program, disturb: boolean): Outputs {
  const x = p.input('x', 'float32', ['batch', 2]);
  if (disturb) p.exp(p.input('unused', 'float32', ['batch']));
  const w = p.constant(float32([1, 2, 3, 4], [2, 2]));
  if (disturb) p.sigmoid(p.matmul(x, w));
  return { y: p.relu(p.add(p.matmul(x, w), p.exp(p.constant(float32([1, 2]))))) };
}

describe('equal programs', () => {
  test('give equal bytes, whatever else was built between', () => {
    const plain = emitModel(layer(new Program(), false));
    expect(Buffer.compare(emitModel(layer(new Program(), true)), plain)).toBe(0);
    expect(Buffer.from(plain).includes('Sigmoid')).toBe(false);
    expect(Buffer.from(plain).includes('unused')).toBe(false);
  });

  test('share one session', async () => {
    const [p, q] = [new Program(), new Program()];
    const runtime = countingRuntime();
    const first = await compile(p, layer(p, false), runtime);
    const second = await compile(q, layer(q, true), runtime);
    expect(second).toBe(first);
    expect(new Set(runtime.opened.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBe(2);
  });

  test('do not share it with another optimisation level', async () => {
    const p = new Program();
    const [all, none] = await Promise.all([
      compile(p, layer(p, false), inline),
      compile(p, layer(p, false), inline, { optimization: 'disabled' }),
    ]);
    expect(all).not.toBe(none);
  });
});

test('folding computes constants once, however many read them, and opens nothing without any', async () => {
  const p = new Program();
  const runtime = countingRuntime();
  const x = p.input('x', 'float32', ['batch', 2]);
  const c = p.exp(p.constant(float32([1, 2])));
  await compile(p, { y: p.add(p.mul(x, c), c) }, runtime);
  expect(runtime.opened.map((bytes) => Buffer.from(bytes).includes('Exp'))).toEqual([true, false]);
  await compile(p, { y: p.add(x, x) }, runtime);
  expect(runtime.opened.length).toBe(3);
});

test('outputs that are constants, inputs or each other', async () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  const c = p.mul(p.constant(float32([2])), 3);
  const results = await compute(p, { a: x, b: x, c, d: p.add(x, c) }, { x: float32([1]) });
  expect(['a', 'b', 'c', 'd'].map((name) => toNumbers(result(results, name)))).toEqual([[1], [1], [6], [7]]);
});
