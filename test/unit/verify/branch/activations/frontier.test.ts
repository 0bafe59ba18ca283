// What waits while memory is short: fewer parts are taken at a time, and those that wait longest give up their slopes.
import { expect, test } from 'vitest';
import { createFrontier } from '../../../../../src/verify/branch/activations/frontier.js';
import { bytesOf, type Subproblem } from '../../../../../src/verify/branch/activations/subproblem.js';
import { rowsBelow, searched } from '../../../../helpers/activation-search.js';
import { kinked } from '../../../../helpers/hard-networks.js';
import { opened } from '../../../../helpers/opened.js';

const part = (bound: number): Subproblem => ({
  disjunct: 0,
  row: 0,
  bound,
  splits: Int32Array.of(1),
  points: new Float32Array(1),
  multipliers: new Float32Array(1),
  slopes: new Uint8Array(10_000),
  candidates: Int32Array.of(2),
  candidatePoints: new Float32Array(1),
});

const disjunct = {
  index: 0,
  lower: Float32Array.of(0),
  upper: Float32Array.of(1),
  rows: rowsBelow([[1]], 1, 0),
  known: Float64Array.of(-Infinity),
};

const parts = (count: number) => Array.from({ length: count }, (_, at) => part(-at));

test('with memory the worst come first, as many as are wanted', () => {
  const frontier = createFrontier([disjunct], 1000 * bytesOf(part(0)));
  frontier.add(parts(20));
  expect(frontier.scarce()).toBe(false);
  expect(frontier.take(8).map(({ bound }) => bound)).toEqual([-12, -13, -14, -15, -16, -17, -18, -19]);
});

test('as memory becomes scarce, fewer are taken, and slopes of what waits longest go before the search gives up', () => {
  const frontier = createFrontier([disjunct], 20 * bytesOf(part(0)));
  frontier.add(parts(12));
  expect(frontier.scarce()).toBe(true);
  expect(frontier.take(8)).toHaveLength(2);
  frontier.add(parts(12));
  expect(frontier.full()).toBe(false);
  const left = Array.from({ length: frontier.size }, () => frontier.take(1)).flat();
  expect(left).toHaveLength(22);
  expect(left.at(-1)?.slopes).toHaveLength(0);
  expect(left[0]?.slopes).toHaveLength(10_000);
  // Nothing is forgotten: bounds stay.
  expect(left.map(({ bound }) => bound).sort((a, b) => a - b)[0]).toBe(-11);
});

test('what does not fit without slopes either is too much', () => {
  const frontier = createFrontier([disjunct], 2000);
  frontier.add(parts(5));
  expect(frontier.full()).toBe(true);
});

/** Leaves that have what their bounds were found with. */
const choicesIn = (root: unknown): number => JSON.stringify(root).split('"choice"').length - 1;

test('a search in little memory decides what one in much decides', async () => {
  const network = await opened(kinked(12, 2.2));
  const box = { lower: new Float32Array(12).fill(-1), upper: new Float32Array(12).fill(1) };
  const question = { ...box, rows: rowsBelow([[1, -1]], 12, 0) };
  const much = await searched(network, question, { repeatable: true, records: true });
  const little = await searched(network, question, { repeatable: true, memoryBytes: 8000, records: true });
  expect(much.outcome).toBe('empty');
  expect(little.outcome).toBe('empty');
  expect(much.subproblems).toBeGreaterThan(1);
  // Its record has how every part was proved; the other what there was room for.
  expect(much.proof?.root.kind).toBe('sign');
  expect(choicesIn(much.proof?.root)).toBeGreaterThan(choicesIn(little.proof?.root));
});
