// Time and interruption as a parameter: code that may run long asks `expired()` between batches.

/** When long work must stop. */
export type Deadline = {
  /** True once the time is over or the run was interrupted. */
  expired(): boolean;
  /** True only where the run was interrupted (Ctrl-C), not where its time is over. */
  interrupted(): boolean;
};

/** Milliseconds since some fixed moment, never going back. */
export type Clock = () => number;

/**
 * @param timeoutMs time from now; Infinity for none
 * @param clock milliseconds, monotone
 */
export function createDeadline(timeoutMs: number, clock: Clock, signal?: AbortSignal): Deadline {
  const end = clock() + timeoutMs;
  const interrupted = () => signal?.aborted ?? false;
  return { interrupted, expired: () => interrupted() || clock() >= end };
}

/** Never expires: for tests and for work that is bounded by its own count. */
export const noDeadline: Deadline = { expired: () => false, interrupted: () => false };
