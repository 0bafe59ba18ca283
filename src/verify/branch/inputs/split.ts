// Boxes cut in two, with bounds of both parts: all that is done with a box once it is chosen, and what it takes to do that in another thread.
import type { Bounder } from './bounder.js';
import { boundAll } from './bounding.js';
import { tighten } from './forms.js';
import { bestCuts, type Cut, halfOf } from './halves.js';
import type { Space } from './space.js';
import type { Subproblem } from './subproblem.js';

/** One half; it is decided where its bound is positive, and open with what is known of it otherwise. */
export type Half = { readonly bound: number; readonly open?: Subproblem };

/** What became of a box: limits left nothing of it, it is too small to be cut, or it has two halves. */
export type Split =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'uncut' }
  | {
      readonly kind: 'cut';
      readonly input: number;
      readonly at: number;
      readonly halves: readonly [left: Half, right: Half];
    };

/** Bounds parts of boxes that are bounded; by default with rows alone. */
export type BoundParts = (parts: readonly Subproblem[]) => Promise<readonly Subproblem[]>;

/** By box; the boxes' data may be overwritten. */
export async function splitBoxes(
  space: Space,
  bounder: Bounder,
  boxes: readonly Subproblem[],
  boundParts: BoundParts = (parts) => boundAll(space, parts, bounder),
): Promise<Split[]> {
  const left = boxes.filter((box) => box.limits === undefined || tighten(space, box.data, box.limits));
  const cuts = await bestCuts(space, left, bounder);
  const halves = left.map((box, at) => undecided(space, box, cuts[at]));
  const parts = (await boundParts(halves.flat().flatMap(({ open = [] }) => open))).values();
  const bounded = halves.map((both) => both.map((half) => (half.open ? known(parts.next().value) : half)));
  const splits = new Map(left.map((box, at) => [box, splitOf(cuts[at], bounded[at])]));
  return boxes.map((box) => splits.get(box) ?? { kind: 'nothing' });
}

/** Halves that the bounds by which the cut was chosen leave open have data of their own. */
function undecided({ packing }: Space, box: Subproblem, cut: Cut | undefined): Half[] {
  if (cut === undefined) return [];
  return [cut.left, cut.right].map((bound, at) =>
    bound > 0 ? { bound } : { bound, open: { ...box, data: halfOf(packing, box, cut, at === 0) } },
  );
}

function known(part: Subproblem | undefined): Half {
  if (part === undefined) throw new RangeError('a part without bounds');
  return part.bound > 0 ? { bound: part.bound } : { bound: part.bound, open: part };
}

function splitOf(cut: Cut | undefined, [left, right]: readonly Half[] = []): Split {
  if (cut === undefined || left === undefined || right === undefined) return { kind: 'uncut' };
  return { kind: 'cut', input: cut.input, at: cut.at, halves: [left, right] };
}
