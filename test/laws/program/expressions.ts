// Random small programs over a few inputs that broadcast with each other.
import fc from 'fast-check';
import { float64 } from '../../../src/base/tensor.js';
import { Program } from '../../../src/program/program.js';
import type { Feeds } from '../../../src/program/session.js';
import type { Value } from '../../../src/program/value.js';
import { nth } from './reference/dense.js';

export type Expression = {
  readonly p: Program;
  readonly inputs: readonly Value[];
  readonly loss: Value;
  readonly feeds: Feeds;
  /** As built, for failure texts. */
  readonly steps: readonly Step[];
};

type Step = { readonly kind: number; readonly a: number; readonly b: number };

/** Smooth everywhere, bounded, so that any composition can be compared with finite differences. */
const functions: readonly ((p: Program, a: Value, b: Value) => Value)[] = [
  (p, a, b) => p.add(a, b),
  (p, a, b) => p.sub(a, b),
  (p, a, b) => p.mul(p.tanh(a), b),
  (p, a, b) => p.div(a, p.add(p.softplus(b), 1)),
  (p, a) => p.sigmoid(a),
  (p, a) => p.exp(p.neg(p.mul(p.tanh(a), p.tanh(a)))),
  (p, a) => p.log(p.add(p.mul(a, a), 1)),
  (p, a) => (a.shape.length === 0 ? a : p.softmax(a, -1)),
  (p, a) => (a.shape.length === 0 ? a : p.reduceMean(a, [0])),
  (p, a, b) =>
    a.shape.length === 2 && b.shape.length === 2
      ? p.matmul(a, p.transpose(p.expandLike(b, p.add(a, b)), [1, 0]))
      : a,
  (p, a, b) => p.where(p.constant({ dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }), a, b),
];

const shapes = [[2, 3], [3], [1, 3], [2, 1], []] as const;
const declared = [['batch', 3], [3], [1, 3], ['batch', 1], []] as const;

export const expression: fc.Arbitrary<Expression> = fc
  .record({
    chosen: fc.array(fc.nat(shapes.length - 1), { minLength: 2, maxLength: 3 }),
    steps: fc.array(fc.record({ kind: fc.nat(functions.length - 1), a: fc.nat(9), b: fc.nat(9) }), {
      minLength: 2,
      maxLength: 7,
    }),
    numbers: fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 18, maxLength: 18 }),
  })
  .map(({ chosen, steps, numbers }) => {
    const p = new Program();
    const inputs = chosen.map((at, place) => p.input(`x${place}`, 'float64', nth(declared, at)));
    const values = [...inputs];
    for (const { kind, a, b } of steps) {
      const [left, right] = [nth(values, a % values.length), nth(values, b % values.length)];
      values.push(combined(p, kind, left, right));
    }
    const total = values
      .slice(inputs.length)
      .reduce(
        (sum, value) => p.add(sum, p.reduceSum(value, [...value.shape.keys()].map(Number))),
        p.scalar('float64', 0),
      );
    const feeds = Object.fromEntries(
      chosen.map((at, place) => {
        const own = nth(shapes, at);
        const length = own.reduce<number>((product, size) => product * size, 1);
        return [`x${place}`, float64(numbers.slice(place * 6, place * 6 + length), own)];
      }),
    );
    return { p, inputs, loss: total, feeds, steps };
  });

/** Matrix products make shapes that do not broadcast with the others: then only the first operand is used. */
function combined(p: Program, kind: number, a: Value, b: Value): Value {
  const f = nth(functions, kind);
  try {
    return f(p, a, b);
  } catch {
    return p.tanh(a);
  }
}
