// What is saved is what was judged: children that are computed again by themselves equal, to the bit, the rows of the grid that the
// screen program judged.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { makeBatch, rowsOf } from '../../../src/fuzz/batches.js';
import { Corpus, seedLineage } from '../../../src/fuzz/corpus.js';
import type { Limits } from '../../../src/fuzz/limits.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator } from '../../../src/fuzz/mutators/mutator.js';
import { tablesOf } from '../../../src/fuzz/programs/mutation.js';
import { screenProgram } from '../../../src/fuzz/programs/screen.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, unitSet } from '../../unit/fuzz/networks.js';
import { judgedRows, probe } from '../../unit/fuzz/probe.js';
import { targetOf } from '../../unit/fuzz/runs.js';

const bits = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

const shapes = { image: [6, 5], table: [11] };
const limits: Limits = { linfEpsilon: 0.6, l2Epsilon: 1.5 };
const kinds = [
  { name: 'one box', perSeed: false, limits: {} },
  { name: 'a box per seed', perSeed: true, limits: {} },
  { name: 'l2 and linf', perSeed: true, limits },
  { name: 'l0', perSeed: true, limits: { ...limits, l0Count: 12 } },
] satisfies { name: string; perSeed: boolean; limits: Limits }[];
const table: Readonly<Record<string, CreateMutator>> = mutators;
const shapeNames = Object.keys(shapes) as (keyof typeof shapes)[];
const applies = (name: string, shape: keyof typeof shapes) =>
  batchFor(name, shapes[shape], false, 1, 1) !== undefined;
const cases = Object.keys(table).flatMap((name) =>
  shapeNames
    .filter((shape) => applies(name, shape))
    .flatMap((shape) => kinds.map((kind) => ({ mutator: name, shape, ...kind }))),
);

function batchFor(name: string, shape: readonly number[], perSeed: boolean, columns: number, count: number) {
  const set = unitSet(randomTensor([4, ...shape], 3), perSeed);
  const target = targetOf(probe, set);
  const mutator = table[name]?.(target.domain, 1);
  if (mutator === undefined) return undefined;
  const corpus = new Corpus(set.size);
  for (let seed = 0; seed < 4; seed++)
    corpus.add(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size), seed, seedLineage);
  const rng = createRng(2);
  const parents = Int32Array.from({ length: count }, () => rng.below(4));
  return { target, corpus, batch: makeBatch(corpus, parents, columns, mutator, rng) };
}

test('every mutator is among the cases', () => {
  expect(new Set(cases.map(({ mutator }) => mutator))).toEqual(new Set(Object.keys(mutators)));
});

describe.each(cases)('$mutator, $shape, $name', ({ mutator, shape, name, perSeed, limits }) => {
  const grids = [
    { batched: true, columns: 6, parents: 9 },
    { batched: true, columns: 1, parents: 1 },
    { batched: false, columns: 1, parents: 1 },
  ];

  test.each(name === 'a box per seed' ? grids : grids.slice(0, 1))(
    '$columns columns of $parents parents, batched: $batched',
    async ({ batched, columns, parents }) => {
      const made = batchFor(mutator, shapes[shape], perSeed, columns, parents);
      if (made === undefined) throw new Error('it applied before');
      const { corpus, batch } = made;
      const target = { ...made.target, limits, batched };
      const programs = screenProgram(target, [], inline.share(tablesOf(target)), inline);
      const screened = await programs.screen(batch, corpus, inline.share({}), {});
      const judged = judgedRows(screened);
      expect(judged).toHaveLength(rowsOf(batch) * corpus.width);
      const rows = Array.from({ length: rowsOf(batch) }, (_, row) => row).reverse();
      const children = await programs.children(batch, corpus, rows);
      const expected = rows.map((row) => bits(judged.subarray(row * corpus.width, (row + 1) * corpus.width)));
      expect(
        rows.map((_, at) => bits(children.subarray(at * corpus.width, (at + 1) * corpus.width))),
      ).toEqual(expected);
      const [some = 0] = rows.slice(rows.length >> 1);
      expect(bits(await programs.children(batch, corpus, [some]))).toBe(expected[rows.indexOf(some)]);
      if (parents > 1 && name !== 'l0') expect(new Set(expected).size).toBeGreaterThan(4);
    },
  );
});
