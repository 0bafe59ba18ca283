// How laws are checked: always from the same seed, so that a failure is the same for everyone.
import fc from 'fast-check';

/** Set MARAUDER_TEST_SEED to search elsewhere; fast-check prints the seed and path of a failure. */
export const SEED = Number(process.env.MARAUDER_TEST_SEED ?? 20260);

/** The cases of the dearest laws, times MARAUDER_TEST_EFFORT: 1 keeps the whole suite within a quarter of an hour on two cores. */
export const effort = (cases: number): number =>
  Math.ceil(cases * Number(process.env.MARAUDER_TEST_EFFORT ?? 1));

/** Checks a law on `numRuns` cases; the failure text has the seed, the shrunk case and how to replay it. */
export const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => Promise<void>, numRuns = 30) =>
  fc.assert(fc.asyncProperty(arbitrary, law), { seed: SEED, numRuns, interruptAfterTimeLimit: 60_000 });
