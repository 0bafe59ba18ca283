// Problems of a policy file: each with its own place, joined into the one error that a user reads.
import { UserError } from '../base/user-error.js';
import type { Position, Spot } from './policy.js';

/** file:line:column, as terminals and editors make it a link. */
export const placeOf = ({ file, line, column }: Position): string => `${file}:${line}:${column}`;

export type Issue = {
  readonly at: Position;
  /** What is wrong: the key, the offending value, what was expected. */
  readonly text: string;
  /** What to write instead. */
  readonly hint?: string | undefined;
  /** The line, with the place in it, where that says more than the place alone. */
  readonly excerpt?: Spot['excerpt'] | undefined;
};

/** A broken policy often repeats one mistake; more lines than this do not help anybody. */
const LISTED = 20;

const byPosition = (a: Issue, b: Issue) => a.at.line - b.at.line || a.at.column - b.at.column;

/** One error for all issues: the first in the file gives its place, the others follow, one line and place each. */
export function policyError(issues: readonly [Issue, ...Issue[]]): UserError {
  const sorted = issues.toSorted(byPosition);
  const listed = sorted.slice(0, LISTED);
  const [first = issues[0], ...others] = listed;
  const more = sorted.length - listed.length;
  const lines = [first.text, ...others.map((issue) => `${placeOf(issue.at)}: ${issue.text}`)];
  const hints = [...new Set(listed.flatMap((issue) => issue.hint ?? []))];
  return new UserError('INVALID_POLICY', {
    where: placeOf(first.at),
    problem: [...lines, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n'),
    hint: hints.length > 0 ? hints.join('\n') : 'docs/policy.md lists every key with its default',
    ...(first.excerpt && { excerpt: first.excerpt }),
  });
}
