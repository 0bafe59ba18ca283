// Power schedules of AFLFast (Boehme et al., Coverage-based Greybox Fuzzing as Markov Chain, CCS 2016, algorithm 1 and
// section 4): entries queue; each in its turn is given energy p(i), and keeps its place until that is spent.
//
// What differs, because an execution here is a row of a batch:
// - Energy is counted in turns (one call of `next`: a parent with all its children), at least one.
// - The path that an entry exercises stands for the cluster of the corpus that it belongs to, which is here the seed that it
//   descends from: f(i) is the number of executions spent on entries of the same seed. The paper counts the inputs that
//   took the same path; activations are not equal often enough to be counted so.
// - alpha(i), AFL's judgement of speed, size and depth, is the same for all entries: all cost the same.
// - The paper prefers small s(i), then small f(i). Here entries never chosen come first, in order of arrival, then the others in a
//   circle: by s(i) alone a late discovery would be mutated, and nothing else, until it had caught up.
import type { Corpus } from '../corpus.js';
import { EntryQueue } from './entry-queue.js';
import { roomFor } from './room-for.js';
import { type CreateScheduler, noOpenEntry } from './scheduler.js';

/** What the energy of an entry is assigned from. */
export type History = {
  /** s(i): how often the entry has been chosen before. */
  readonly chosen: number;
  /** f(i): executions spent so far on entries of the same seed. */
  readonly executions: number;
};

/** p(i), in turns; a fraction below one is rounded up to one. */
export type Energy = (history: History) => number;

/** alpha(i) and M, in turns, and beta: AFLFast's `HAVOC_MAX_MULT`, its greatest multiple of the least energy, which is alpha / beta. */
export const alpha = 16;
export const beta = 16;
export const greatestEnergy = 16;

export const createPowerQueue =
  (energy: Energy): CreateScheduler =>
  ({ corpus, seedCount, isOpen }) => {
    const choose = createCircle(corpus, (entry) => isOpen(corpus.seedOf(entry)));
    const executionsOf = new Float64Array(seedCount);
    let timesChosen: Int32Array = new Int32Array(256);
    let current = -1;
    let left = 0;
    return {
      next() {
        if (left === 0 || !isOpen(corpus.seedOf(current))) {
          current = choose();
          timesChosen = roomFor(timesChosen, corpus.size);
          const chosen = timesChosen[current] as number;
          const executions = executionsOf[corpus.seedOf(current)] as number;
          left = Math.max(1, Math.floor(energy({ chosen, executions })));
          timesChosen[current] = chosen + 1;
        }
        left--;
        return current;
      },
      learn({ entry, executions }) {
        const seed = corpus.seedOf(entry);
        executionsOf[seed] = (executionsOf[seed] as number) + executions;
      },
    };
  };

/** Whatever joined the corpus since, in order of arrival, then the rest in a circle. */
function createCircle(corpus: Corpus, isOpen: (entry: number) => boolean): () => number {
  const circle = new EntryQueue();
  let known = 0;
  return () => {
    while (known < corpus.size) {
      const entry = known++;
      if (!isOpen(entry)) continue;
      circle.push(entry);
      return entry;
    }
    const entry = circle.rotate(isOpen);
    if (entry === undefined) throw noOpenEntry();
    return entry;
  };
}
