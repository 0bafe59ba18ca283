// The text of a counterexample, and that it reads back as the same float32 numbers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCounterexample } from '../../../../src/policy/vnnlib/counterexample.js';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { holds } from '../../../helpers/laws.js';

const flat = parseVnnlib(
  `(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)
   (assert (and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1)))`,
  'p.vnnlib',
);
const tensors = parseVnnlib(
  `(vnnlib-version <2.0>)
   (declare-network f (declare-input A float32 [1,2]) (declare-hidden H real [1] "h") (declare-output B float32 [2]))
   (declare-network g (equal-to f) (declare-input C float32 [1,2]) (declare-output D float32 [2]))
   (assert (and (>= A[0,0] 0) (<= A[0,0] 1) (>= A[0,1] 0) (<= A[0,1] 1)))
   (assert (and (>= C[0,0] 0) (<= C[0,0] 1) (>= C[0,1] 0) (<= C[0,1] 1)))`,
  'p.vnnlib',
);

test("1.0: pairs, as VNN-COMP's rules show them", () => {
  expect(formatCounterexample(flat, [0.5, -0], Float32Array.of(1e-7, 3))).toBe(
    '((X_0 0.5)\n(X_1 -0.0)\n(Y_0 1.0000000116860974e-7)\n(Y_1 3))\n',
  );
});

test('2.0: variables in the order of declaration', () => {
  expect(formatCounterexample(tensors, [1, 2, 3, 4], [5, 6, 7, 8, 9])).toBe(
    `${'A float32 [1,2]|1|2|H real [1]|5|B float32 [2]|6|7|C float32 [1,2]|3|4|D float32 [2]|8|9'.replaceAll('|', '\n')}\n`,
  );
});

test('the wrong number of values is refused', () => {
  expect(() => formatCounterexample(flat, [1], [1, 2])).toThrow(RangeError);
  expect(() => formatCounterexample(flat, [1, 2], [1])).toThrow(RangeError);
});

/** Reads as VNN-COMP's checker does: newlines are spaces, pairs end at ")", names count up from 0. */
function readPairs(text: string): { x: number[]; y: number[] } {
  const content = text.replaceAll('\n', ' ').trim();
  expect([content[0], content.at(-1)]).toEqual(['(', ')']);
  const values = { x: [] as number[], y: [] as number[] };
  for (const part of content
    .slice(1, -1)
    .split(')')
    .map((piece) => piece.trim())) {
    if (part === '') continue;
    const [, letter = '', index, number] = /^\(([XY])_(\d+) (\S+)$/.exec(part) ?? [];
    const list = letter === 'X' ? values.x : values.y;
    expect(Number(index)).toBe(list.length);
    list.push(Number(number));
  }
  return values;
}

test('every float32 reads back as itself, in float64 and in float32', async () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  const four = fc.tuple(float, float, float, float);
  await holds(
    fc.oneof(
      four,
      fc.constant<[number, number, number, number]>([-0, 2 ** -149, 3.4028234663852886e38, -1e-40]),
    ),
    async ([a, b, c, d]) => {
      const [x, y] = [Float32Array.of(a, b), Float32Array.of(c, d)];
      const read = readPairs(formatCounterexample(flat, x, y));
      expect(read).toEqual({ x: [...x], y: [...y] });
      expect([Float32Array.from(read.x), Float32Array.from(read.y)]).toEqual([x, y]);
    },
    300,
  );
});
