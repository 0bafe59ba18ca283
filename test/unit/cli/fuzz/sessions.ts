// Sessions of campaigns that never ran.
import { createSession, type FoundHere, observe, type Session } from '../../../../src/cli/fuzz/session.js';
import type { FuzzProgress } from '../../../../src/fuzz/events.js';

export const progressOf = (changes: Partial<FuzzProgress> = {}): FuzzProgress => ({
  executions: 0,
  corpusSize: 0,
  open: 1,
  coverage: [],
  violations: new Map(),
  stages: [],
  ...changes,
});

export const foundAt = (instance: string, margin: number | null, objective = 'robustness'): FoundHere => ({
  objective,
  cluster: 0,
  isEarlier: false,
  instance,
  witness: {
    finding: `.marauder/findings/${objective}/${instance.replace(' ', '-')}-0123abcd`,
    foundBy: 'fuzz',
    executions: 7,
    row: 3,
    linfDistance: 0.05,
    margin,
    summary: 'class 5 instead of class 9',
  },
});

/** Observed every 100 ms for `seconds`, at a thousand executions a second; something new joins every ten seconds. */
export function sessionOf(seconds: number, findings: readonly FoundHere[] = []): Session {
  const session = createSession('digits', 'a claim', 0);
  for (let now = 0; now <= seconds * 1000; now += 100) {
    if (now === 1000) session.findings.push(...findings);
    observe(session, progressAt(now), now);
  }
  session.clusters = findings.length;
  return session;
}

const progressAt = (now: number): FuzzProgress =>
  progressOf({
    executions: now,
    corpusSize: 10 + Math.floor(now / 10_000),
    coverage: [
      { criterion: 'activation-distance', kept: 12, covered: null },
      { criterion: 'neuron-coverage', kept: 3, covered: 0.3034 },
    ],
    stages: [
      { name: 'noise', executions: 900, reward: 9, share: 0.9 },
      { name: 'gradient of robustness', executions: 100, reward: 50, share: 0.1 },
      { name: 'fog', executions: 0, reward: 0, share: 0 },
    ],
  });
