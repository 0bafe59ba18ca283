// The one error class that a user ever reads: what is wrong, where, and what to do next.

/** Every code has a row in `docs/errors.md`; tests assert codes, never texts. */
export type ErrorCode =
  | 'USAGE'
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'INVALID_MODEL'
  | 'INVALID_POLICY'
  | 'INVALID_PROPERTY'
  | 'INVALID_DATA'
  | 'INVALID_FINDING'
  | 'INVALID_CORPUS'
  | 'UNSUPPORTED_MODEL'
  | 'RUNTIME_FAILED';

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
