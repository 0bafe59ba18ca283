// What a regression asks besides its rows: how many of them bounds prove robust, of the old model and of the new one. Counts, so that the
// parts of a run can be added up.
import type { InstanceReport, ProvedShare } from './report.js';
import { ranRight, type Verdict } from './verdict.js';

export const provedShareName = 'proved share';

export const provedShareInstance = (share: ProvedShare): InstanceReport => ({
  instance: provedShareName,
  verdict: verdictOf(share),
  required: true,
  provedShare: share,
});

/** Counted as bounds have it, which is no witness of anything where they fall. */
function verdictOf({ rows, before, now, drop, linfEpsilon }: ProvedShare): Verdict {
  // Of a number of rows: shares themselves round.
  if (before - now <= drop * rows) return ranRight(null);
  const detail = `rows proved robust within ${linfEpsilon} (linf) fell from ${before} to ${now} of ${rows}, by more than ${drop} of them`;
  return { kind: 'unknown', reason: 'loose-bounds', detail };
}

/** Of all rows, from those of the parts; where one part could not count, nobody knows. */
export function joinedShare(first: InstanceReport, others: readonly InstanceReport[]): InstanceReport {
  const parts = [first, ...others];
  const shares = parts.flatMap(({ provedShare }) => provedShare ?? []);
  const [share] = shares;
  if (share === undefined || shares.length < parts.length)
    return parts.find(({ provedShare }) => provedShare === undefined) ?? first;
  const sum = (of: (part: ProvedShare) => number) => shares.reduce((total, part) => total + of(part), 0);
  return provedShareInstance({
    ...share,
    rows: sum(({ rows }) => rows),
    before: sum(({ before }) => before),
    now: sum(({ now }) => now),
  });
}
