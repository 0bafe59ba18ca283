// Candidates on the original file: only what it does at batch size 1, at an admissible float32 input, is a counterexample.
import type { Disjunct } from '../../policy/vnnlib/property.js';
import { admissible, boxCache, clamped } from './boxes.js';
import { satisfies, slack } from './constraints.js';

export type FoundBy = 'attack' | 'branching';

export type Witness = {
  /** In the problem. */
  readonly disjunct: number;
  readonly input: Float32Array<ArrayBuffer>;
  /** What the original file gave. */
  readonly output: Float64Array<ArrayBuffer>;
  /** By how much it satisfies the constraint that it satisfies least; Infinity where there is none. */
  readonly slack: number;
  readonly foundBy: FoundBy;
};

export type Replay = {
  /** True where the point, moved into the box, is a counterexample. The first one is kept. */
  confirm(disjunct: number, point: Float32Array, foundBy: FoundBy): Promise<boolean>;
  readonly witness: () => Witness | undefined;
};

export function createReplay(problem: {
  readonly disjuncts: readonly Disjunct[];
  readonly run: (input: Float32Array) => Promise<ArrayLike<number>>;
}): Replay {
  let witness: Witness | undefined;
  const boxOf = boxCache(admissible);
  return {
    confirm: async (index, point, foundBy) => {
      const disjunct = problem.disjuncts[index];
      if (disjunct === undefined) return false;
      const input = clamped(boxOf(disjunct), point);
      const output = Float64Array.from(await problem.run(input));
      if (!satisfies(disjunct, input, output)) return false;
      witness ??= { disjunct: index, input, output, slack: slack(disjunct, input, output), foundBy };
      return true;
    },
    witness: () => witness,
  };
}
