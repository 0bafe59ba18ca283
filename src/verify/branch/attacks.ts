// Gradients see what bounds do not: now and then the attack goes on between rounds of branching.
import type { BranchRequest } from './types.js';

/** Milliseconds of branching before the attack goes on for the first time: longer than most searches take. */
const firstPause = 2000;

/** To be asked between rounds: attacks at times that double, for a tenth of the time since; true where a counterexample was found. */
export function createAttacks({ clock, attack }: BranchRequest): () => Promise<boolean> {
  let last = clock();
  let pause = firstPause;
  return async () => {
    const passed = clock() - last;
    if (passed < pause) return false;
    pause *= 2;
    const found = await attack(passed / 10);
    last = clock();
    return found;
  };
}
