// Nodes that the array language does not know are passed on: attributes, omitted inputs, several outputs.
import { describe, expect, test } from 'vitest';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import { emitModel } from '../../../src/program/emit.js';
import { Program } from '../../../src/program/program.js';
import { reachable, type Typed } from '../../../src/program/value.js';
import { foreignNode } from '../../helpers/foreign.js';
import { compute, result } from '../../helpers/programs.js';

const vector: Typed = { dtype: 'float32', shape: ['batch'] };
const topK = foreignNode(
  'TopK',
  [
    { dtype: 'float32', shape: ['batch', 2] },
    { dtype: 'int64', shape: ['batch', 2] },
  ],
  { given: [true, true], attributes: { axis: { kind: 'int', value: -1 } } },
);
const occurrences = (bytes: Uint8Array, text: string) =>
  Buffer.from(bytes).toString('latin1').split(text).length - 1;

test('optional inputs may be omitted: Clip with an upper bound only', async () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  const [y = x] = p.opaque(foreignNode('Clip', [vector], { given: [true, false, true] }), [
    x,
    p.scalar('float32', 2),
  ]);
  const results = await compute(p, { y }, { x: float32([-5, 1, 7]) });
  expect(toNumbers(result(results, 'y'))).toEqual([-5, 1, 2]);
});

describe('a node of several outputs', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', 4]);
  const k = p.constant({ dtype: 'int64', shape: [1], data: BigInt64Array.of(2n) });
  const [values = x, places = x] = p.opaque(topK, [x, k]);
  const feeds = { x: float32([1, 9, 3, 7], [1, 4]) };

  test('is written once, and gives all of them', async () => {
    const outputs = { values, places, sum: p.reduceSum(values, [1]) };
    const results = await compute(p, outputs, feeds);
    expect(Object.keys(outputs).map((name) => toNumbers(result(results, name)))).toEqual([
      [9, 7],
      [1, 3],
      [16],
    ]);
    expect(occurrences(emitModel(outputs), 'TopK_')).toBe(1);
  });

  test('may be read at its last output only', async () => {
    const results = await compute(p, { places }, feeds);
    expect(toNumbers(result(results, 'places'))).toEqual([1, 3]);
  });

  test('is one expression for one node and its inputs', () => {
    expect(p.opaque(topK, [x, k])[1]).toBe(places);
    expect(p.opaque({ ...topK }, [x, k])[1]).not.toBe(places);
    expect(p.opaque(topK, [p.neg(x), k])[1]).not.toBe(places);
  });

  test('is never folded, and is rebuilt on other inputs', async () => {
    expect(values.isConstant).toBe(false);
    const constant = p.constant(feeds.x);
    const map = p.rebuild(reachable([values, places]), new Map([[x, constant]]));
    const results = await compute(p, { values: map(values), places: map(places) });
    expect(toNumbers(result(results, 'values'))).toEqual([9, 7]);
    expect(toNumbers(result(results, 'places'))).toEqual([1, 3]);
    expect(occurrences(emitModel({ values: map(values), places: map(places) }), 'TopK_')).toBe(1);
  });
});

test('nodes of other domains are found', async () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  const [y = x] = p.opaque(foreignNode('Gelu', [vector], { domain: 'com.microsoft' }), [x]);
  expect(toNumbers(result(await compute(p, { y }, { x: float32([0, 100]) }), 'y'))).toEqual([0, 100]);
});
