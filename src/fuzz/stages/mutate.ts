// The stage of fuzzers since AFL: children of corpus entries, by one mutator per batch.
import { makeBatch, parametersOf, perRow, rowsOf } from '../batches.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { Mutator } from '../mutators/mutator.js';
import type { ScreenProgram } from '../programs/screen.js';
import type { FuzzTarget } from '../target.js';
import type { Stage } from './stage.js';

/** Children per parent: enough that reading the parent costs little, few enough that a batch spreads over the corpus. */
const greatestColumns = 32;

/**
 * Time per child, in that of noise, where it is more: forward pass included, on a 784-200-100-10 network, all in one run. The
 * bandit weighs what a mutator yields against it.
 */
const costs: Readonly<Record<string, number>> = {
  blur: 1.8,
  corners: 1.5,
  crossover: 1.5,
  dictionary: 2.8,
  rotation: 3.5,
  scale: 3,
  shear: 3,
  shift: 2.6,
};

/** Rows of a batch that criteria without a screen look at. */
const glimpses = 4;

export function mutateStage(
  mutator: Mutator,
  program: ScreenProgram,
  { batched }: FuzzTarget,
  criteria: readonly CoverageCriterion[],
): Stage {
  const hasDear = criteria.some(({ screen }) => screen === undefined);
  return {
    name: mutator.name,
    cost: costs[mutator.name] ?? 1,
    plan({ corpus, scheduler, round, rows: most, rng }) {
      const columns = batched ? columnsFor(most) : 1;
      const count = batched ? Math.floor(most / columns) : 1;
      const entries = Int32Array.from({ length: count }, () => scheduler.next(rng));
      const batch = makeBatch(corpus, entries, columns, mutator, rng);
      const rows = rowsOf(batch);
      const step = Math.max(1, Math.floor(rows / glimpses));
      const proposed = hasDear ? Array.from({ length: Math.min(rows, glimpses) }, (_, at) => at * step) : [];
      const [seeds, parents] = [perRow(batch.seeds, columns), perRow(entries, columns)];
      const run = async () => {
        const screened = await program.screen(batch, corpus, round.shared, round.parentFeeds(entries));
        const mixes = await program.mixes(mutator);
        return [
          {
            by: mutator.name,
            seeds,
            parents,
            partners: mixes ? perRow(batch.partners, columns) : undefined,
            screened,
            proposed,
            parameters: (row: number) => [...parametersOf(batch, row)],
            inputs: (picked: readonly number[]) => program.children(batch, corpus, picked),
          },
        ];
      };
      return { entries, executions: rows, run };
    },
  };
}

/** Near a square for small batches. */
const columnsFor = (rows: number): number =>
  Math.max(1, Math.min(greatestColumns, Math.floor(Math.sqrt(rows))));
