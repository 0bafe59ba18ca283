// Keys of every property that say what passes, besides `expect` and `share`.
import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { PropertyCommon } from '../policy.js';
import type { SourceText } from '../text.js';

export const gate = {
  severity: z
    .enum(['error', 'warning'])
    .default('error')
    .describe(
      '"error": the gate fails if the property fails. "warning": a failure is reported, and no more.',
    ),
  unknownPasses: z
    .boolean()
    .default(false)
    .describe('true: rows that could not be decided ("unknown") pass, too. Violations never do.'),
  coverage: z
    .record(z.string(), z.number().min(0).max(1))
    .optional()
    .describe(
      'Coverage that fuzzing must reach: the least share, 0 to 1, by criterion, such as { neuron-coverage: 0.3 }. ' +
        'A property that was not fuzzed has reached none. Needs "expect: tested".',
    ),
};

type GateText = {
  readonly expect: string;
  readonly severity: PropertyCommon['severity'];
  readonly unknownPasses?: boolean;
  readonly coverage?: Readonly<Record<string, number>> | undefined;
};

export const toGate = (
  { severity, unknownPasses = false, coverage = {} }: GateText,
  source: SourceText,
  path: Path,
): Pick<PropertyCommon, 'severity' | 'unknownPasses' | 'coverageFloors'> => ({
  severity,
  unknownPasses,
  coverageFloors: Object.entries(coverage).map(([criterion, required]) => ({
    criterion,
    required,
    at: source.atKey([...path, 'coverage', criterion]),
  })),
});

export function gateProblems(
  { expect, coverage }: Pick<GateText, 'expect' | 'coverage'>,
  path: Path,
): Found[] {
  if (coverage === undefined || expect === 'tested') return [];
  const text = `coverage cannot be reached with "expect: ${expect}": nothing is fuzzed where a proof is asked for`;
  const hint = 'demand coverage of a second property with "expect: tested"';
  return [{ path: [...path, 'coverage'], text, hint }];
}
