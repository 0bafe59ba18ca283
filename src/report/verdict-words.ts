// What is said of verdicts, witnesses and floors, the same in every reporter.
import type { CoverageFloor } from '../findings/report.js';
import type { FoundBy, ProofMethod, UnknownReason, Witness } from '../findings/verdict.js';
import { approximately, oneLine, percent, plural, shareWords } from './words.js';

export const reasons: Readonly<Record<UnknownReason, string>> = {
  timeout: 'the time budget ended first',
  interrupted: 'interrupted',
  'unsupported-operator': 'an operator cannot be bounded or batched',
  'loose-bounds': 'the bounds do not decide it',
  'no-executions': 'the budget of executions ended before its turn',
};

export const methods: Readonly<Record<ProofMethod, string>> = {
  ibp: 'interval bounds',
  crown: 'backward linear bounds (CROWN)',
  'alpha-crown': 'linear bounds with optimised slopes (alpha-CROWN)',
  'branch-and-bound': 'branch and bound',
  execution: 'running the rows',
};

export const searches: Readonly<Record<FoundBy, string>> = {
  seed: 'the row itself',
  corner: 'a corner of the input set',
  random: 'a random point',
  gradient: 'found by following gradients',
  fuzz: 'found by fuzzing',
  branching: 'found by branch and bound',
};

/** ` (linf distance 0.05 from row 7, found by fuzzing after 9 executions)`, or nothing. */
export function provenance({ linfDistance, foundBy, executions, row }: Witness): string {
  if (foundBy === 'seed') return row === null ? '' : ` (row ${row} as it is)`;
  const distance =
    linfDistance === null || row === null
      ? []
      : [`linf distance ${approximately(linfDistance)} from row ${row}`];
  return ` (${[...distance, `${searches[foundBy]} after ${plural(executions, 'execution')}`].join(', ')})`;
}

/** `coverage: neuron-coverage reached 12.5 %, needs 30 %`. */
export function floorWords({ criterion, reached, required }: CoverageFloor): string {
  const name = oneLine(criterion);
  return reached === null
    ? `coverage: nothing was fuzzed, so ${name} reached none of the ${percent(required, 4)} that it needs`
    : `coverage: ${name} reached ${shareWords({ reached, required })}`;
}
