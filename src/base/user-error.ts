// The one error class that a user ever reads: what is wrong, where, and what to do next. Tests assert codes, never texts.
import type { ErrorCode } from './error-codes.js';

export type Problem = {
  /** File with line and column, or node name. */
  readonly where: string;
  readonly problem: string;
  /** What the user can do about it. */
  readonly hint?: string;
  /** The text that is wrong, and the offset of the place in it: shown with a caret. */
  readonly excerpt?: { readonly line: string; readonly at: number };
};

export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly code: ErrorCode,
    readonly details: Problem,
    options?: ErrorOptions,
  ) {
    super(`${details.where}: ${details.problem}`, options);
  }
}

/** The message of anything that was thrown, for wrapping foreign errors. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
