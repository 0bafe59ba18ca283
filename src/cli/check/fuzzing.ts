// A property as the fuzzer takes it, and the options that suit most.
import type { CalibratedCriterion } from '../../fuzz/coverage/calibrated.js';
import { coverageCriteria } from '../../fuzz/coverage/index.js';
import { type Domain, domainOf } from '../../fuzz/domain.js';
import type { FuzzOptions, FuzzTarget } from '../../fuzz/fuzz.js';
import type { Limits } from '../../fuzz/limits.js';
import { mutators } from '../../fuzz/mutators/index.js';
import { rowsWithin } from '../../fuzz/rows-within.js';
import { schedulers } from '../../fuzz/schedule/index.js';
import { runsBatched } from '../../ops/runs-batched.js';
import type { InputSet } from '../../policy/input-set.js';
import { criteriaOf } from './floors.js';
import type { Subject } from './subject.js';

export const fuzzTarget = (subject: Subject): Omit<FuzzTarget, 'open'> => ({
  objective: subject.property.kind,
  encode: subject.encode,
  set: subject.set,
  targets: subject.targets,
  domain: domainOfSet(subject.set),
  limits: limitsOf(subject.set),
  batched: isBatched(subject),
});

const domainOfSet = (set: InputSet): Domain =>
  set.whole === undefined ? domainOf(set) : domainOf(set, set.seeds, { image: 'none', integer: set.whole });

const limitsOf = ({ ball }: InputSet): Limits => (ball && { [`${ball.norm}Epsilon`]: ball.epsilon }) ?? {};

export const isBatched = ({ models }: Pick<Subject, 'models'>): boolean =>
  models.every(({ typed }) => runsBatched(typed));

type Choices = Pick<
  FuzzOptions,
  'criteria' | 'mutators' | 'scheduler' | 'gradients' | 'climbs' | 'feedback' | 'rowsPerBatch'
>;

/** What the policy demands is watched, too, and steers. */
function watched(demands: Subject['property']['coverageFloors']): CalibratedCriterion[] {
  const own = [coverageCriteria['activation-distance'], coverageCriteria['neuron-coverage']];
  const all = [...own, ...criteriaOf(demands)];
  return [...new Map(all.map((criterion) => [criterion.name, criterion])).values()];
}

export const defaultFuzzing = ({ models, searched, property }: Subject): Choices => ({
  criteria: watched(property.coverageFloors),
  mutators: Object.values(mutators),
  scheduler: schedulers.recent,
  // The attack has followed them already.
  gradients: 'none',
  climbs: false,
  feedback: true,
  rowsPerBatch: rowsWithin(searched ?? models.map(({ typed }) => typed)),
});
