import { expect, test } from 'vitest';
import { uniqueNodeNames } from '../../../src/onnx/node-names.js';

const namesOf = (...names: string[]) => uniqueNodeNames(names.map((name) => ({ name, opType: 'Relu' })));

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['', ''],
    ['Relu_0', 'Relu_1'],
  ],
  [
    ['', 'Relu_0'],
    ['Relu_0_1', 'Relu_0'],
  ],
  [
    ['a', 'a', 'a_1', 'a'],
    ['a', 'a_2', 'a_1', 'a_3'],
  ],
])('%j become %j', (given, unique) => {
  expect(namesOf(...given)).toEqual(unique);
});

test('are found in time linear in the number of nodes', () => {
  const names = namesOf(...new Array<string>(50_000).fill('same'));
  expect(new Set(names).size).toBe(50_000);
});
