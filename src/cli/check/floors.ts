// Coverage that a policy demands: criteria that fuzzing then has to watch, besides its own.
import { UserError } from '../../base/user-error.js';
import type { CalibratedCriterion } from '../../fuzz/coverage/calibrated.js';
import { hasTotal } from '../../fuzz/coverage/index.js';
import { parseCriterion } from '../../fuzz/coverage/parse.js';
import type { CoverageDemand, Policy } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import { show } from '../../policy/suggest.js';

/** Before anything runs. @throws UserError INVALID_POLICY where fuzzing could never reach a floor */
export function requireFloors({ properties }: Pick<Policy, 'properties'>): void {
  for (const demand of properties.flatMap(({ coverageFloors }) => coverageFloors)) criterionOf(demand);
}

export const criteriaOf = (demands: readonly CoverageDemand[]): CalibratedCriterion[] =>
  demands.map(criterionOf);

function criterionOf({ criterion, at }: CoverageDemand): CalibratedCriterion {
  const where = placeOf(at);
  const known = parsed(criterion, where);
  // Reports name a criterion by what it makes of its options.
  if (known.name !== criterion)
    throw invalid(where, `coverage: ${show(criterion)} is called ${show(known.name)} in reports`);
  if (hasTotal(criterion)) return known;
  throw invalid(where, `coverage: ${show(criterion)} has no total, so no share of it can be demanded`);
}

function parsed(criterion: string, where: string): CalibratedCriterion {
  try {
    return parseCriterion(criterion);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const { problem, hint } = cause.details;
    throw new UserError(
      'INVALID_POLICY',
      { where, problem: `coverage: ${problem}`, ...(hint && { hint }) },
      { cause },
    );
  }
}

const hint = 'demand another criterion, such as neuron-coverage; docs/coverage.md describes them';
const invalid = (where: string, problem: string): UserError =>
  new UserError('INVALID_POLICY', { where, problem, hint });
