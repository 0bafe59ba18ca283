// Gradients see what bounds do not: now and then the attack goes on between rounds of branching.
import type { BranchRequest } from './types.js';

/**
 * To be asked between rounds: attacks at times that double, for a tenth of the time since; true where a counterexample was found.
 * @param firstPause milliseconds before the first time
 */
export function createAttacks({ clock, attack }: BranchRequest, firstPause: number): () => Promise<boolean> {
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
