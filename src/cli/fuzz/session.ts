// What a campaign has shown so far: numbers over time, findings. Drawn by the live screen, summed up at the end.

import type { SavedWitness } from '../../findings/verdict.js';
import type { FuzzProgress } from '../../fuzz/events.js';
import { perSecond } from '../../report/rate.js';

export type FoundHere = {
  readonly objective: string;
  /** Of the witness' features: findings with equal numbers fail alike. */
  readonly cluster: number;
  /** Whether an earlier run found it. */
  readonly isEarlier: boolean;
  readonly instance: string;
  readonly witness: SavedWitness;
};

export type Session = {
  readonly name: string;
  readonly claim: string;
  readonly startedAt: number;
  latest: FuzzProgress | undefined;
  readonly findings: FoundHere[];
  clusters: number;
  /** Of the whole run, the newest last, at least `sampleMs` apart. */
  samples: readonly Sample[];
  sampleMs: number;
  /** Of the last seconds, for the speed. */
  recent: readonly Pick<Sample, 'at' | 'executions'>[];
  /** When something last joined the corpus. */
  lastNewAt: number;
  /** When something was last found that had not been known. */
  lastFoundAt: number;
  known: number;
};

export type Sample = {
  readonly at: number;
  readonly executions: number;
  readonly corpusSize: number;
  /** Per criterion: the share covered, or how many it kept. */
  readonly coverage: readonly number[];
  readonly findings: number;
};

/** More than the widest sparkline has characters, whatever the thinning. */
const samplesKept = 240;
const recentMs = 5000;
const recentApartMs = 250;

export const createSession = (name: string, claim: string, startedAt: number): Session => ({
  name,
  claim,
  startedAt,
  latest: undefined,
  findings: [],
  clusters: 0,
  samples: [],
  sampleMs: 500,
  recent: [],
  lastNewAt: startedAt,
  lastFoundAt: startedAt,
  known: 0,
});

export function observe(session: Session, progress: FuzzProgress, now: number): void {
  if (progress.corpusSize > (session.latest?.corpusSize ?? 0)) session.lastNewAt = now;
  if (session.findings.length > session.known) session.lastFoundAt = now;
  session.known = session.findings.length;
  session.latest = progress;
  remember(session, progress.executions, now);
  if (now - (session.samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < session.sampleMs) return;
  const { executions, corpusSize, coverage } = progress;
  const shares = coverage.map(({ covered, kept }) => covered ?? kept);
  session.samples = [
    ...session.samples,
    { at: now, executions, corpusSize, coverage: shares, findings: session.known },
  ];
  if (session.samples.length > samplesKept) thin(session);
}

function remember(session: Session, executions: number, now: number): void {
  if (now - (session.recent.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < recentApartMs) return;
  const later = session.recent.filter(({ at }) => at >= now - recentMs);
  // The newest is kept, however old, so that a pause counts as slow.
  session.recent = [...(later.length > 0 ? later : session.recent.slice(-1)), { at: now, executions }];
}

/** Every second sample goes, so that those of a run of any length fit. */
function thin(session: Session): void {
  session.samples = session.samples.filter((_, at) => at % 2 === 0);
  session.sampleMs *= 2;
}

/** Executions per second of the last seconds; NaN where there is nothing to compare. */
export function speedOf({ recent, latest }: Session, now: number): number {
  const [oldest] = recent;
  return oldest === undefined || latest === undefined
    ? Number.NaN
    : perSecond(latest.executions - oldest.executions, now - oldest.at);
}

/** Executions per second between neighbouring samples. */
export const speeds = ({ samples }: Pick<Session, 'samples'>): number[] =>
  samples.flatMap(({ at, executions }, index) => {
    const before = samples[index - 1];
    return before === undefined ? [] : [perSecond(executions - before.executions, at - before.at)];
  });

/** The clearest first: the most negative margin; those without a margin after them, as they came. */
export const ranked = ({ findings }: Pick<Session, 'findings'>): FoundHere[] =>
  [...findings].sort((a, b) => (a.witness.margin ?? 0) - (b.witness.margin ?? 0));
