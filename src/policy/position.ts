// Problems of a policy file: each with its own place, joined into the one error that a user reads.
import { type Problem, UserError } from '../base/user-error.js';
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

/** One error for all issues, in their order in the file. A hint is given once. */
export function policyError(issues: readonly [Issue, ...Issue[]]): UserError {
  // A mistake in the form is found in several ways.
  const sorted = [...new Map(issues.map((issue) => [`${placeOf(issue.at)} ${issue.text}`, issue])).values()];
  sorted.sort(byPosition);
  const hints = new Set<string>();
  const problemOf = ({ at, text, hint, excerpt }: Issue): Problem => {
    const isNew = hint !== undefined && !hints.has(hint);
    if (isNew) hints.add(hint);
    return { where: placeOf(at), problem: text, ...(isNew && { hint }), ...(excerpt && { excerpt }) };
  };
  const [first = problemOf(issues[0]), ...others] = sorted.slice(0, LISTED).map(problemOf);
  const omitted = Math.max(0, sorted.length - LISTED);
  return new UserError('INVALID_POLICY', {
    ...first,
    ...(hints.size === 0 && { hint: 'docs/policy.md lists every key with its default' }),
    ...(others.length > 0 && { others }),
    ...(omitted > 0 && { omitted }),
  });
}
