// Corpora of bare lineage, and schedulers at work on them.
import { createRng } from '../../../../src/base/rng.js';
import { Corpus, seedLineage } from '../../../../src/fuzz/corpus.js';
import type { CreateScheduler, ScheduleContext, Scheduler } from '../../../../src/fuzz/schedule/scheduler.js';

const found = { parent: 0, by: 'noise', parameters: [], executions: 0 };

/** @param origins discovery number i descends from seed `origins[i]` */
export function contextOf(
  seedCount: number,
  origins: readonly number[],
  isOpen: (seed: number) => boolean = () => true,
): ScheduleContext & { readonly discover: (origin: number) => void } {
  const corpus = new Corpus(1);
  for (let seed = 0; seed < seedCount; seed++) corpus.add(Float32Array.of(seed), seed, seedLineage);
  const discover = (origin: number) => corpus.add(Float32Array.of(-1), origin, found);
  for (const origin of origins) discover(origin);
  return { corpus, seedCount, isOpen, discover };
}

export function turns(scheduler: Scheduler, count: number, seed = 5): number[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => scheduler.next(rng));
}

export const draws = (create: CreateScheduler, context: ScheduleContext, count: number): number[] =>
  turns(create(context), count);

/** How often each entry of the corpus was chosen. */
export function tally(entries: readonly number[], size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const entry of entries) counts[entry] = (counts[entry] ?? 0) + 1;
  return counts;
}
