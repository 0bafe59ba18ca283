// Reasons, methods and searches behind verdicts, in words.
import type { FoundBy, ProofMethod, UnknownReason } from '../../findings/verdict.js';

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
