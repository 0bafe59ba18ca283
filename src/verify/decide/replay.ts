// Candidates on the original file: only what it does at batch size 1, at an admissible float32 input, is a counterexample.
import type { Disjunct } from '../../policy/vnnlib/property.js';
import { admissible, boxCache, clamped } from './boxes.js';
import { satisfies, slack } from './constraints.js';
import type { Problem } from './problem.js';

export type FoundBy = 'attack' | 'branching';

export type Witness = {
  /** In the problem. */
  readonly disjunct: number;
  readonly input: Float32Array<ArrayBuffer>;
  /** What the original file gave. */
  readonly output: Float64Array<ArrayBuffer>;
  /** By how much it satisfies the constraint on outputs that it satisfies least; Infinity where there is none. */
  readonly slack: number;
  readonly foundBy: FoundBy;
};

export type Replay = {
  /** True where the point, moved into the box, is a counterexample. The first one is kept. */
  confirm(disjunct: number, point: Float32Array, foundBy: FoundBy): Promise<boolean>;
  readonly witness: () => Witness | undefined;
};

export function createReplay(problem: Pick<Problem, 'disjuncts' | 'run' | 'original'>): Replay {
  let witness: Witness | undefined;
  const boxOf = boxCache(admissible);
  const judged = problem.original?.disjuncts ?? problem.disjuncts;
  const inputOf = problem.original?.inputOf ?? ((_: number, point: Float32Array) => point);
  const inside = (disjunct: Disjunct | undefined, point: Float32Array) =>
    disjunct === undefined ? undefined : clamped(boxOf(disjunct), point);
  return {
    confirm: async (index, point, foundBy) => {
      const disjunct = judged[index];
      const place = inside(problem.disjuncts[index], point);
      const input = place && inside(disjunct, inputOf(index, place));
      if (disjunct === undefined || input === undefined) return false;
      const output = Float64Array.from(await problem.run(input));
      if (!satisfies(disjunct, input, output)) return false;
      witness ??= { disjunct: index, input, output, slack: slack(disjunct, input, output), foundBy };
      return true;
    },
    witness: () => witness,
  };
}
