// (assert ...): and, or and comparisons, nested in any way.
import { suggest } from '../suggest.js';
import { DEEPEST, type Resolve, tooDeep } from './arithmetic.js';
import { comparisons, readComparison } from './comparison.js';
import { type Comparisons, type Formula, joined } from './formula.js';
import type { Scanner } from './scanner.js';

const connectives = ['and', 'or'] as const;
const usage = 'a condition is (<= a b), (and ...) or (or ...)';
/** Signs and words of SMT-LIB and of programming languages that VNN-LIB does not have. */
const others: Readonly<Record<string, string>> = {
  not: 'turn the comparison round: instead of (not (<= a b)) write (> a b)',
  '=>': 'write (or ...) with the condition turned round',
  distinct: 'write (!= a b)',
};

/** Reads one condition. */
export function readCondition(scanner: Scanner, resolve: Resolve, table: Comparisons, depth = 0): Formula {
  if (depth > DEEPEST) throw tooDeep(scanner);
  const opened = scanner.open('a condition', usage);
  const place = scanner.start;
  const operator = scanner.take('and, or or a comparison', usage);
  if (comparisons.has(operator)) return readComparison(scanner, resolve, operator, opened, table);
  const join = connectives.find((connective) => connective === operator);
  if (join === undefined) {
    const known = [...connectives, ...comparisons];
    const problem = `unknown operator "${operator}"${suggest(operator, known, 'conditions know')}`;
    throw scanner.error(problem, others[operator] ?? usage, place);
  }
  const parts: Formula[] = [];
  while (scanner.kind === 'open') parts.push(readCondition(scanner, resolve, table, depth + 1));
  if (parts.length === 0 && scanner.kind === 'close')
    throw scanner.error(`"${operator}" without conditions`, `write (${operator} (<= a b) ...)`, opened);
  scanner.close(opened, `"${operator}" joins conditions`, usage);
  return joined(join, parts);
}
