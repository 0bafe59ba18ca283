// Leaves: parts with every undecided neuron split, where the network is affine and a linear program tells what holds. It is a search
// like any other: its multipliers count for what the bounding program makes of them, and its point for what the file does there.
import type { Session } from '../../../../program/session.js';
import { leafRecord } from '../../record.js';
import { batchOf } from '../batching.js';
import type { Engine } from '../expand.js';
import type { Subproblem } from '../subproblem.js';
import { feedsOfBatch } from '../views.js';
import { type Combined, combined, type Magnitudes, single } from './combined.js';
import { type Cube, cubeOf, pointOf } from './cube.js';
import { type Forms, formsOf } from './forms.js';
import type { LinearPrograms, Optimum } from './linear-program.js';
import { multipliersOf } from './multipliers.js';

export type Decided = {
  readonly proved: readonly Subproblem[];
  /** With what is known now. */
  readonly left: readonly Subproblem[];
  /** True where a counterexample was confirmed. */
  readonly found: boolean;
};

export type Leaves = {
  decide(parts: readonly Subproblem[]): Promise<Decided>;
  /** What was done, where anything was. */
  readonly explanation: () => readonly string[];
};

/** What only leaves need; each is made on first use. */
export type LeafTools = {
  /** See `openFixed`. */
  fixed(): Promise<Session>;
  programs(): Promise<LinearPrograms>;
  magnitudes(): Promise<Magnitudes>;
};

/** Of a part that was expanded: nothing is left to split. */
export const isLeaf = ({ candidates }: Subproblem): boolean => candidates.length === 0;

export function createLeaves(engine: Engine, tools: LeafTools): Leaves {
  const { space, disjuncts } = engine;
  // Other nonlinear values are not affine on leaves.
  const isAffine = space.hidden.every(({ cuts }) => cuts === 'kink');
  const counts = { programs: 0, proved: 0, left: 0 };
  const [first] = disjuncts;
  const cube = first && cubeOf(first);
  const decideOne = async (part: Subproblem): Promise<Subproblem | 'found'> => {
    const asked = disjuncts[part.disjunct];
    if (!isAffine || asked === undefined || cube === undefined || engine.isStopped()) return part;
    const forms = await formsOf(await tools.fixed(), space, asked, cube, part);
    const optimum = (await tools.programs()).leastViolation(forms, engine.isStopped);
    if (optimum === undefined) return part;
    counts.programs++;
    const bound = await boundWith(engine, tools, part, forms, optimum);
    if (bound > 0) return { ...part, bound };
    const isFound = await engine.tryPoints(asked.index, pointsOf(cube, forms, optimum, asked.rows.count));
    return isFound ? 'found' : { ...part, bound: Math.max(part.bound, bound) };
  };
  return {
    decide: async (parts) => {
      const proved: Subproblem[] = [];
      const left: Subproblem[] = [];
      for (const part of parts) {
        const result = await decideOne(part);
        if (result === 'found') return { proved, left, found: true };
        if (result.bound > 0) proved.push(result);
        else left.push(result);
      }
      counts.proved += proved.length;
      counts.left += left.length;
      return { proved, left, found: false };
    },
    explanation: () =>
      counts.proved + counts.left === 0
        ? []
        : [
            `everything split: ${counts.programs} linear programs proved ${counts.proved} parts, ${counts.left} are left`,
          ],
  };
}

/** Of the best row, over its limit: see `BranchResult`. */
async function boundWith(
  engine: Engine,
  tools: LeafTools,
  part: Subproblem,
  forms: Forms,
  optimum: Optimum,
): Promise<number> {
  const { space, disjuncts, mixed, sessions, shared } = engine;
  const rows = disjuncts[part.disjunct]?.rows;
  if (rows === undefined) return -Infinity;
  const multipliers = multipliersOf(forms, optimum, rows.count);
  const weighty = Array.from(multipliers.rows.keys()).filter((row) => multipliers.rows[row] !== 0);
  const sum: Combined =
    weighty.length === 1
      ? single(rows, weighty[0] ?? 0)
      : combined(rows, multipliers.rows, await tools.magnitudes());
  const batch = {
    ...batchOf(space, disjuncts, [{ ...part, multipliers: multipliers.splits }], mixed),
    start: sum.outputs,
    inputs: mixed ? sum.inputs : undefined,
  };
  const { bound } = await sessions.bounds.run(feedsOfBatch(batch), shared);
  if (engine.recorder !== undefined) {
    const { recorder } = engine;
    const slopes = Float32Array.from(part.slopes, (slope) => slope / 255);
    leafRecord(part.record, () => recorder.choice(space, multipliers.rows, slopes, multipliers.splits));
  }
  const excess = Number(bound?.data[0] ?? -Infinity) - sum.limit;
  const weight = multipliers.rows.reduce((all, own) => all + own, 0);
  // Some row has as much as the weighted mean; without rows, there is no point at all, or nothing is known.
  if (weight === 0) return excess > 0 ? Infinity : -Infinity;
  return Number.isNaN(excess) ? -Infinity : excess / weight;
}

/** Steps beyond the optimum, in half widths: the file rounds where the program did not. */
const steps = [0, 2 ** -20, 2 ** -16, 2 ** -12, 2 ** -8];

/** The optimum, and points from there downhill. */
function pointsOf(cube: Cube, { slopes }: Forms, { t, weights }: Optimum, rows: number): Float32Array {
  const downhill = Float64Array.from(t, (_, j) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (weights[row] ?? 0) * (slopes[row * t.length + j] ?? 0);
    return -Math.sign(sum);
  });
  const points = steps.map((step) =>
    pointOf(
      cube,
      t.map((value, j) => value + step * (downhill[j] ?? 0)),
    ),
  );
  const size = cube.middle.length;
  const all = new Float32Array(points.length * size);
  points.forEach((point, at) => {
    all.set(point, at * size);
  });
  return all;
}
