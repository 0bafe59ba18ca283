// What a campaign has shown so far: numbers over time, findings. Drawn by the live screen, summed up at the end.

import type { Witness } from '../../findings/verdict.js';
import type { FuzzProgress } from '../../fuzz/events.js';

export type FoundHere = {
  readonly objective: string;
  /** Of the witness' features: findings with equal numbers fail alike. */
  readonly cluster: number;
  /** Whether an earlier run found it. */
  readonly isEarlier: boolean;
  readonly instance: string;
  readonly witness: Witness;
};

export type Session = {
  readonly name: string;
  readonly claim: string;
  readonly startedAt: number;
  latest: FuzzProgress | undefined;
  readonly findings: FoundHere[];
  clusters: number;
  /** One sample a second, the newest last. */
  readonly samples: Sample[];
  /** When something last joined the corpus. */
  lastNewAt: number;
};

export type Sample = {
  readonly at: number;
  readonly executions: number;
  readonly corpusSize: number;
  /** Per criterion: the share covered, or how many it kept. */
  readonly coverage: readonly number[];
  readonly findings: number;
};

const samplesKept = 600;
const sampleMs = 500;

export const createSession = (name: string, claim: string, startedAt: number): Session => ({
  name,
  claim,
  startedAt,
  latest: undefined,
  findings: [],
  clusters: 0,
  samples: [],
  lastNewAt: startedAt,
});

export function observe(session: Session, progress: FuzzProgress, now: number): void {
  if (progress.corpusSize > (session.latest?.corpusSize ?? 0)) session.lastNewAt = now;
  session.latest = progress;
  if (now - (session.samples.at(-1)?.at ?? session.startedAt - sampleMs) < sampleMs) return;
  session.samples.push({
    at: now,
    executions: progress.executions,
    corpusSize: progress.corpusSize,
    coverage: progress.coverage.map(({ covered, kept }) => covered ?? kept),
    findings: session.findings.length,
  });
  if (session.samples.length > samplesKept) session.samples.shift();
}

/** Executions per second between neighbouring samples. */
export const rates = ({ samples }: Session): number[] =>
  samples.slice(1).map((sample, at) => {
    const before = samples[at] as Sample;
    return ((sample.executions - before.executions) * 1000) / (sample.at - before.at);
  });
