// How laws are checked: always from the same seed, so that a failure is the same for everyone.
import fc from 'fast-check';

/** Set MARAUDER_TEST_SEED to search elsewhere; fast-check prints the seed and path of a failure. */
export const SEED = Number(process.env.MARAUDER_TEST_SEED ?? 20260);

/** Of the cases of the dearest laws: so that the whole suite ends within a quarter of an hour on two cores. */
const usualEffort = 0.5;

/** The cases of the dearest laws, times MARAUDER_TEST_EFFORT. */
export function effort(cases: number): number {
  const factor = Number(process.env.MARAUDER_TEST_EFFORT ?? usualEffort);
  // Without it a law would hold of no case at all.
  if (!(factor > 0)) throw new RangeError('MARAUDER_TEST_EFFORT is a positive number');
  return Math.ceil(cases * factor);
}

/** Checks a law on `numRuns` cases; the failure text has the seed, the shrunk case and how to replay it. */
export const holds = <T>(
  arbitrary: fc.Arbitrary<T>,
  law: (value: T) => Promise<void>,
  numRuns = effort(40),
) => fc.assert(fc.asyncProperty(arbitrary, law), { seed: SEED, numRuns, interruptAfterTimeLimit: 60_000 });
