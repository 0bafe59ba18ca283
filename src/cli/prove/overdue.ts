// Opening a large program, or one call of it, cannot be stopped: soon after the deadline nobody waits for it any longer.
import type { Clock, Deadline } from '../../base/deadline.js';

export type Overdue = {
  /** Resolves once the deadline has been over for a while. */
  readonly passed: Promise<void>;
  stop(): void;
};

/** What follows a deadline by itself takes less, but on the largest networks. */
const graceMs = 1000;
const pollMs = 100;

export function createOverdue(deadline: Deadline, clock: Clock): Overdue {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    let since: number | undefined;
    timer = setInterval(() => {
      if (!deadline.expired()) return;
      since ??= clock();
      if (clock() - since < graceMs) return;
      clearInterval(timer);
      resolve();
    }, pollMs);
  });
  return { passed, stop: () => clearInterval(timer) };
}
