// Some children of batches, computed again: few are ever looked at. The batches of a round ask for theirs at the same time, and are
// answered by one call per mutator.
import { joined } from '../../base/tensor.js';
import type { Shared } from '../../program/session.js';
import { allDone } from '../all-done.js';
import { type Batch, joinedBatches, mutationFeeds, rowsOf, singleChildren } from '../batches.js';
import type { Corpus } from '../corpus.js';
import type { Mutator } from '../mutators/mutator.js';
import type { FuzzTarget } from '../target.js';
import type { Mutating } from './screen.js';
import { floats } from './screened.js';
import { together } from './together.js';

export type SingleChildren = (batch: Batch, corpus: Corpus, rows: readonly number[]) => Promise<Float32Array>;

type Asked = { readonly batch: Batch; readonly corpus: Corpus };

/** Rows of batches, [rows, ...input]. @param makers programs that take numbers per child */
export function singleChildrenOf(
  { set, batched }: FuzzTarget,
  makers: (mutator: Mutator) => Promise<Mutating>,
  tables: Shared,
): SingleChildren {
  const made = async (mutator: Mutator, { batch, corpus }: Asked) => {
    const { session, reads } = await makers(mutator);
    return floats((await session.run(mutationFeeds(batch, corpus, set, reads), tables)).children);
  };
  if (!batched)
    return async (batch, corpus, rows) =>
      joined(
        await allDone(
          rows.map((row) => made(batch.mutator, { batch: singleChildren(batch, [row]), corpus })),
        ),
      );
  const queues = new Map<Mutator, (asked: Asked) => Promise<Float32Array>>();
  const queueOf = (mutator: Mutator) => {
    const known = queues.get(mutator);
    if (known !== undefined) return known;
    const queue = together(async (asked: readonly Asked[]) => {
      const batches = asked.map(({ batch }) => batch);
      // A run has one corpus.
      const all = await made(mutator, { ...(asked[0] as Asked), batch: joinedBatches(batches) });
      return partsOf(
        all,
        batches.map((batch) => rowsOf(batch) * set.size),
      );
    });
    queues.set(mutator, queue);
    return queue;
  };
  return async (batch, corpus, rows) =>
    queueOf(batch.mutator)({ batch: singleChildren(batch, rows), corpus });
}

/** One array cut into consecutive parts. */
function partsOf(all: Float32Array, lengths: readonly number[]): Float32Array[] {
  let from = 0;
  return lengths.map((length) => {
    from += length;
    return all.subarray(from - length, from);
  });
}
