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

/** With what else is wrong, each in its place, and how much more of that there is. */
export type Problems = Problem & { readonly others?: readonly Problem[]; readonly omitted?: number };

export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly code: ErrorCode,
    readonly details: Problems,
    options?: ErrorOptions,
  ) {
    const all = [details, ...(details.others ?? [])];
    super(all.map(({ where, problem }) => `${where}: ${problem}`).join('\n'), options);
  }
}

/** The message of anything that was thrown, for wrapping foreign errors. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
