// Minimising against predicates whose minima are known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noDeadline } from '../../../src/base/deadline.js';
import { createRng } from '../../../src/base/rng.js';
import { distances } from '../../../src/findings/distances.js';
import { type MinimizeOptions, minimize, type Norm, norms } from '../../../src/fuzz/minimize/minimize.js';
import { holds } from '../../helpers/laws.js';

type Violates = (input: Float32Array) => boolean;

const rowsOf = (inputs: Float32Array, size: number) =>
  Array.from({ length: inputs.length / size }, (_, row) => inputs.subarray(row * size, (row + 1) * size));

const asked = (violates: Violates, size: number) => ({
  violates: async (inputs: Float32Array) => rowsOf(inputs, size).map(violates),
  confirms: async (input: Float32Array) => violates(input),
});

const options = (norm: Norm, more: Partial<MinimizeOptions> = {}): MinimizeOptions => ({
  norm,
  deadline: noDeadline,
  ...more,
});

/** A seed, an input that differs in some elements, and weights. */
function problem(seed: number, size: number) {
  const rng = createRng(seed, 'minimize');
  // Zeros too, as images have: beside these every float32 however small is a change.
  const start = Float32Array.from({ length: size }, () => (rng.uniform() < 0.4 ? 0 : rng.normal()));
  const input = start.map((value) => (rng.uniform() < 0.7 ? value + 0.3 * rng.normal() : value));
  const weights = Float64Array.from({ length: size }, () => rng.uniform());
  const change = (x: Float32Array) => x.map((value, at) => Math.abs(value - (start[at] ?? 0)));
  const total = (x: Float32Array) => {
    let sum = 0;
    for (let at = 0; at < size; at++) sum += Math.abs((x[at] ?? 0) - (start[at] ?? 0)) * (weights[at] ?? 0);
    return sum;
  };
  const share = 0.05 + 0.9 * rng.uniform();
  return { rng, start, input, weights, change, total, threshold: share * total(input) };
}

const cases = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 24 }));

/** The float32 farthest from `from` towards `to`, at most `bound` away: by bisection of the segment. */
function farthestWithin(from: number, to: number, bound: number): number {
  let [near, far] = [from, to];
  if (Math.abs(far - from) <= bound) return far;
  for (;;) {
    const middle = Math.fround(near + (far - near) / 2);
    if (middle === near || middle === far) return near;
    if (Math.abs(middle - from) <= bound) near = middle;
    else far = middle;
  }
}

/** The greatest float32 less than a positive number. */
function float32Below(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  const near = Math.fround(value);
  bits[0] = (bits[0] ?? 0) - 1;
  return near < value ? near : (new Float32Array(bits.buffer)[0] ?? 0);
}

test('linf, monotone: the exact minimum, among float32 distances', () =>
  holds(
    cases,
    async ([seed, size]) => {
      const { start, input, total, threshold } = problem(seed, size);
      const violates: Violates = (x) => total(x) >= threshold;
      const result = await minimize(input, start, asked(violates, size), options('linf'));
      const reached = distances(result, start).linf;
      expect(violates(result)).toBe(true);
      // Nothing nearer does: not even what has changed as much as it can within a smaller distance.
      const nearer = input.map((value, at) => farthestWithin(start[at] ?? 0, value, float32Below(reached)));
      expect(reached === 0 || !violates(nearer)).toBe(true);
    },
    40,
  ));

test('l0: exactly the elements that are needed', () =>
  holds(
    cases,
    async ([seed, size]) => {
      const { rng, start, input } = problem(seed, size);
      const changed = Array.from(input.keys()).filter((at) => input[at] !== start[at]);
      const needed = changed.filter(() => rng.uniform() < 0.3);
      const violates: Violates = (x) => needed.every((at) => x[at] === input[at]);
      for (const norm of norms) {
        const result = await minimize(input, start, asked(violates, size), options(norm));
        expect(Array.from(result.keys()).filter((at) => result[at] !== start[at])).toEqual(needed);
      }
    },
    15,
  ));

test('any predicate: 1-minimal, between the seed and the input, nowhere farther, and the same again', () =>
  holds(
    cases,
    async ([seed, size]) => {
      const { rng, start, input, total, threshold } = problem(seed, size);
      const salt = rng.uniform();
      // Not monotone: two in three of the inputs beyond the threshold, by the elements that have changed.
      const pattern = (x: Float32Array) =>
        x.reduce((sum, value, at) => sum + (value === start[at] ? 0 : Math.sin(salt + at * at)), 0);
      const violates: Violates = (x) =>
        x.every((value, at) => value === input[at]) || (total(x) >= threshold && pattern(x) % 1 > -0.3);
      for (const norm of norms) {
        const result = await minimize(input, start, asked(violates, size), options(norm));
        expect(violates(result)).toBe(true);
        result.forEach((value, at) => {
          const [low, high] = [start[at] ?? 0, input[at] ?? 0].toSorted((a, b) => a - b);
          expect(low !== undefined && high !== undefined && value >= low && value <= high).toBe(true);
          const without = result.slice();
          without[at] = start[at] ?? 0;
          expect(value === start[at] || !violates(without)).toBe(true);
        });
        expect(await minimize(input, start, asked(violates, size), options(norm))).toEqual(result);
      }
    },
    10,
  ));

test('whole numbers stay whole', () =>
  holds(
    cases,
    async ([seed, size]) => {
      const rng = createRng(seed, 'whole');
      const start = Float32Array.from({ length: size }, () => rng.below(100) - 50);
      const input = start.map((value) => value + rng.below(30) - 15);
      const integer = new Uint8Array(size).fill(1);
      const changeOf = (x: Float32Array) => distances(x, start).l1;
      const least = changeOf(input) * rng.uniform();
      const violates: Violates = (x) => changeOf(x) >= least;
      for (const norm of norms) {
        const result = await minimize(input, start, asked(violates, size), options(norm, { integer }));
        expect(violates(result) && result.every(Number.isInteger)).toBe(true);
      }
    },
    15,
  ));

describe('what is promised whatever the answers', () => {
  test('batches that say too much: batch size 1 decides', () =>
    holds(
      cases,
      async ([seed, size]) => {
        const { rng, start, input, total, threshold } = problem(seed, size);
        const confirms: Violates = (x) => total(x) >= threshold;
        const boasting = {
          violates: async (inputs: Float32Array) =>
            rowsOf(inputs, size).map((x) => confirms(x) || rng.uniform() < 0.2),
          confirms: async (input: Float32Array) => confirms(input),
        };
        for (const norm of norms)
          expect(confirms(await minimize(input, start, boasting, options(norm)))).toBe(true);
      },
      12,
    ));

  test('the time ends after any number of questions: what is there violates and is nowhere farther', () =>
    holds(fc.tuple(cases, fc.integer({ min: 0, max: 60 })), async ([[seed, size], most]) => {
      const { start, input, change, total, threshold } = problem(seed, size);
      const violates: Violates = (x) => total(x) >= threshold;
      let questions = 0;
      const counted = {
        violates: async (inputs: Float32Array) => {
          questions++;
          return rowsOf(inputs, size).map(violates);
        },
        confirms: async (x: Float32Array) => violates(x),
      };
      const deadline = { expired: () => questions >= most, interrupted: () => false };
      const result = await minimize(input, start, counted, options('l2', { deadline }));
      expect(questions).toBeLessThanOrEqual(most);
      expect(violates(result)).toBe(true);
      const before = change(input);
      expect(change(result).every((value, at) => value <= (before[at] ?? 0))).toBe(true);
    }));

  test('a seed that violates is the minimum', async () => {
    const { start, input } = problem(1, 20);
    for (const norm of norms)
      expect(
        await minimize(
          input,
          start,
          asked(() => true, 20),
          options(norm),
        ),
      ).toEqual(start);
  });
});

test('each norm is served: asked for it, its distance is the smallest', async () => {
  // A linear predicate, whose l2 minimum is along the weights, its linf minimum everywhere, its l0 minimum in few elements.
  const reached = { linf: [0, 0, 0], l2: [0, 0, 0], l0: [0, 0, 0] };
  for (let seed = 0; seed < 5; seed++) {
    const { start, input, total, threshold } = problem(seed, 30);
    for (const [at, norm] of norms.entries()) {
      const violates: Violates = (x) => total(x) >= threshold;
      const found = distances(await minimize(input, start, asked(violates, 30), options(norm)), start);
      for (const name of norms) reached[name][at] = (reached[name][at] ?? 0) + found[name];
    }
  }
  expect(reached.linf[0]).toBeLessThanOrEqual(Math.min(...reached.linf));
  expect(reached.l0[2]).toBeLessThanOrEqual(Math.min(...reached.l0));
  expect(reached.l2[1]).toBeLessThanOrEqual(Math.min(...reached.l2));
});
