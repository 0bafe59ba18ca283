// How laws are checked: always from the same seed, so that a failure is the same for everyone.
import fc from 'fast-check';

/** Set MARAUDER_TEST_SEED to search elsewhere; fast-check prints the seed and path of a failure. */
export const SEED = Number(process.env.MARAUDER_TEST_SEED ?? 20260);

/** Checks a law on `numRuns` cases; the failure text has the seed, the shrunk case and how to replay it. */
export const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => Promise<void>, numRuns = 30) =>
  fc.assert(fc.asyncProperty(arbitrary, law), { seed: SEED, numRuns, interruptAfterTimeLimit: 60_000 });
