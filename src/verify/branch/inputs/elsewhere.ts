// Boxes that are split in a thread that has the bounding program: what is done between its runs is a third of the work.
import { builtFile } from '../../../program/built-file.js';
import type { Session } from '../../../program/session.js';

import type { BoundingShape } from './bounder.js';
import type { Space } from './space.js';
import type { Split } from './split.js';
import type { SplitRequest } from './split-task.js';
import type { Subproblem } from './subproblem.js';

/** As `splitBoxes`; the boxes' data is gone then. */
export type Splitter = (space: Space, boxes: readonly Subproblem[]) => Promise<readonly Split[]>;

const task = builtFile('split-task', import.meta.url);

/** undefined where the program is in this thread. */
export function splitterOf({ perform }: Session, shape: BoundingShape): Splitter | undefined {
  if (perform === undefined) return undefined;
  return async (space, boxes) => {
    const used = [...new Set(boxes.map(({ disjunct }) => disjunct))];
    const request: SplitRequest = {
      shape,
      space: { ...space, disjuncts: used.map((disjunct) => disjunctOf(space, disjunct)) },
      boxes: boxes.map(({ record, ...box }) => ({ ...box, disjunct: used.indexOf(box.disjunct) })),
    };
    const splits = await perform(
      task,
      request,
      boxes.map(({ data }) => data.buffer),
    );
    return (splits as Split[]).map((split) => withDisjuncts(split, used));
  };
}

/** What of a disjunct bounds parts of it. */
function disjunctOf({ disjuncts }: Space, at: number): Space['disjuncts'][number] {
  const { [at]: disjunct } = disjuncts;
  if (disjunct === undefined) throw new RangeError(`no disjunct ${at}`);
  const { raised, ...needed } = disjunct;
  return needed;
}

function withDisjuncts(split: Split, used: readonly number[]): Split {
  if (split.kind !== 'cut') return split;
  const [left, right] = split.halves;
  const named = ({ bound, open }: typeof left) =>
    open === undefined ? { bound } : { bound, open: { ...open, disjunct: used[open.disjunct] ?? -1 } };
  return { ...split, halves: [named(left), named(right)] };
}
