// When checking is to stop: it blocks this thread, and the deadline is over once a signal was heard.
import type { Clock, Deadline } from '../../base/deadline.js';
import { createBreath } from '../breath.js';

/** Whether the deadline is over, asked as often as one likes. */
export function yielding(deadline: Deadline, clock: Clock): () => boolean | Promise<boolean> {
  const breath = createBreath(clock);
  return () => breath()?.then(() => deadline.expired()) ?? false;
}
