// Which programs a search by input splitting uses, and when others take over.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { boundingFileOf } from '../../../../src/verify/branch/inputs/prepare.js';
import { createRunners } from '../../../../src/verify/branch/inputs/runners.js';
import { questionOf, requestOf } from '../../../helpers/branching.js';
import { countingRuntime } from '../../../helpers/counting-runtime.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

const layers = modelOf(
  ['batch', 2],
  [
    ['MatMul', ['x', 'w'], 'a'],
    ['Relu', ['a'], 'b'],
    ['MatMul', ['b', 'w'], 'y'],
  ],
  { w: float32([1, -1, 0.5, 2], [2, 2]) },
);

async function runnersOf() {
  const { model } = await opened(layers);
  const { disjuncts } = questionOf(model, new Draw(1));
  const pool = countingRuntime();
  const request = { ...requestOf(model, disjuncts, pool), repeatable: true };
  const runners = await createRunners(request, 16);
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const programs = new Map<string, string>();
  for (const dtype of ['float32', 'float64'] as const)
    programs.set(hexOf((await boundingFileOf(request, inline, dtype)).bytes), dtype);
  /** Of the bounding programs that were opened in the pool; others compute constants. */
  const dtypes = () => pool.opened.flatMap((bytes) => programs.get(hexOf(bytes)) ?? []);
  return { runners, pool, dtypes };
}

describe('programs of a small network', () => {
  test('are in this thread until more boxes wait than one call takes', async () => {
    const { runners, pool, dtypes } = await runnersOf();
    await runners.spread({ subproblems: 100, waiting: 16 });
    expect(pool.opened).toHaveLength(0);
    expect(runners.current().lanes).toBe(1);
    await runners.spread({ subproblems: 101, waiting: 17 });
    await runners.spread({ subproblems: 120, waiting: 30 });
    expect(dtypes()).toEqual(['float32']);
    expect(runners.current().lanes).toBe(pool.workers + 1);
    expect(runners.current().isSpread).toBe(true);
  });

  test('where there are no threads, stay open; several rounds are under way from the same place on', async () => {
    const { model } = await opened(layers);
    const { disjuncts } = questionOf(model, new Draw(1));
    const here = countingRuntime(inline);
    const request = { ...requestOf(model, disjuncts, here), inline: here, repeatable: true };
    const runners = await createRunners(request, 16);
    const opening = here.opened.length;
    expect(runners.current().isSpread).toBe(false);
    await runners.spread({ subproblems: 101, waiting: 17 });
    expect(runners.current().isSpread).toBe(true);
    expect(here.opened).toHaveLength(opening);
  });

  test('are in float64 once the search is long, however few boxes wait', async () => {
    const { runners, dtypes } = await runnersOf();
    await runners.spread({ subproblems: 4096, waiting: 1 });
    await runners.spread({ subproblems: 5000, waiting: 100 });
    expect(dtypes()).toEqual(['float64']);
  });

  test('in float32 first, where many wait before', async () => {
    const { runners, dtypes } = await runnersOf();
    await runners.spread({ subproblems: 40, waiting: 20 });
    await runners.spread({ subproblems: 4096, waiting: 20 });
    expect(dtypes()).toEqual(['float32', 'float64']);
  });
});
