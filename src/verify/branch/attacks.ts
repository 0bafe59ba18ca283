// Gradients and samples see what bounds do not: now and then the attack goes on between rounds of branching.
import type { BranchRequest } from './types.js';

export type AttackPlan = {
  /** Milliseconds of branching before points are sampled once, which takes no program of gradients; never where undefined. */
  readonly scan?: number;
  /** Milliseconds from then on before the first climbs. */
  readonly climb: number;
};

/**
 * To be asked between rounds: attacks once by samples, then by climbs at times that double, each for a tenth of the time since; true where
 * a counterexample was found.
 */
export function createAttacks({ clock, attack }: BranchRequest, plan: AttackPlan): () => Promise<boolean> {
  let last = clock();
  let pause = plan.scan ?? plan.climb;
  let scans = plan.scan !== undefined;
  return async () => {
    const passed = clock() - last;
    if (passed < pause) return false;
    pause = scans ? plan.climb : 2 * pause;
    const found = await attack(passed / 10, scans);
    scans = false;
    last = clock();
    return found;
  };
}
