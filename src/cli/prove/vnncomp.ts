// A result as VNN-COMP's rules want it: one word, and below "sat" the counterexample.
import { formatCounterexample } from '../../policy/vnnlib/counterexample.js';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Outcome } from '../../verify/decide.js';

/** What is written where nothing could be decided because of an error. */
export const vnncompError = 'error\n';

export function vnncompText(property: VnnlibProperty, outcome: Outcome): string {
  switch (outcome.verdict) {
    case 'proved':
      return 'unsat\n';
    case 'violated':
      return `sat\n${formatCounterexample(property, outcome.input, outcome.output)}`;
    case 'unknown':
      return outcome.reason === 'timeout' ? 'timeout\n' : 'unknown\n';
  }
}
