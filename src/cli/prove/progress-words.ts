// What a decision is at, on one line.
import { approximately, count, plural } from '../../report/words.js';
import type { DecideProgress } from '../../verify/decide.js';

export function progressWords({ phase, open, executions, subproblems, bound }: DecideProgress): string {
  const disjuncts = `${plural(open, 'disjunct')} open`;
  const best = Number.isFinite(bound) ? `, bound ${approximately(bound)}` : '';
  switch (phase) {
    case 'attack':
      return executions === 0 ? 'attacking' : `attacking: ${count(executions)} executions, ${disjuncts}`;
    case 'bounds':
      return `bounding: ${disjuncts}`;
    case 'branching':
      return `branching: ${plural(subproblems, 'sub-problem')}, ${disjuncts}${best}`;
  }
}
