// What shares of the time are of.

/** Where there is no time limit, or a very long one. */
const longestMs = 600_000;

export const sharedMs = (timeoutMs: number): number => Math.min(timeoutMs, longestMs);
