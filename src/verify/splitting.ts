// Proofs by halving a few inputs, each part by interval bounds: where some parameters move everything else, many cheap bounds of small
// parts beat few dear ones of large parts.
import type { Deadline } from '../base/deadline.js';
import { float32 } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Runtime } from '../program/session.js';
import { type Boxes, boundMargins } from './ibp.js';

export type SplitOptions = {
  /** The first so many inputs are halved. */
  readonly inputs: number;
  /** Parts that each box may take. */
  readonly ration: number;
  readonly deadline: Deadline;
};

/** Of one box: a lower bound on the margin in all of it, -Infinity where some part is left open; and how many parts were bounded. */
export type SplitResult = { readonly bound: number; readonly parts: number };

type Part = { readonly owner: number; readonly lower: Float32Array; readonly upper: Float32Array };

/** Numbers of the parts that are bounded at once. */
const numbersAtOnce = 2 ** 23;

/**
 * @param boxes [n, size] of the model's flat input
 * @param classes of each box
 * @throws Unbounded where the model has an operator without bound rule
 */
export async function splitMargins(
  model: TypedModel,
  boxes: Boxes,
  classes: Int32Array,
  open: readonly number[],
  options: SplitOptions,
  runtime: Runtime,
): Promise<SplitResult[]> {
  const size = boxes.lower.data.length / (boxes.lower.shape[0] ?? 1);
  const whole = open.map((owner) => partOf(boxes, owner, size));
  const widths = new Map(
    whole.map(({ owner, lower, upper }) => [owner, upper.map((most, at) => most - (lower[at] ?? 0))]),
  );
  const bounds = new Map(open.map((owner) => [owner, Infinity]));
  const spent = new Map(open.map((owner) => [owner, 0]));
  let parts = whole;
  while (parts.length > 0 && !options.deadline.expired()) {
    const now = parts.slice(0, Math.max(1, Math.floor(numbersAtOnce / size)));
    const margins = await boundAll(model, now, classes, size, runtime);
    const halves = now.flatMap((part, at): Part[] => {
      const margin = margins[at] ?? -Infinity;
      const { owner } = part;
      spent.set(owner, (spent.get(owner) ?? 0) + 1);
      if (margin > 0) {
        bounds.set(owner, Math.min(bounds.get(owner) ?? -Infinity, margin));
        return [];
      }
      const both = halved(part, widths.get(owner), options.inputs);
      if (both.length === 0) bounds.set(owner, -Infinity);
      return both;
    });
    const next = [...parts.slice(now.length), ...halves];
    giveUp(next, bounds, spent, options.ration);
    parts = next.filter(({ owner }) => bounds.get(owner) !== -Infinity);
  }
  for (const { owner } of parts) bounds.set(owner, -Infinity);
  return open.map((owner) => ({ bound: bounds.get(owner) ?? -Infinity, parts: spent.get(owner) ?? 0 }));
}

/** Boxes of which more parts wait than they may take. */
function giveUp(
  parts: readonly Part[],
  bounds: Map<number, number>,
  spent: ReadonlyMap<number, number>,
  ration: number,
): void {
  const waiting = new Map<number, number>();
  for (const { owner } of parts) waiting.set(owner, (waiting.get(owner) ?? 0) + 1);
  for (const [owner, count] of waiting)
    if ((spent.get(owner) ?? 0) + count > ration) bounds.set(owner, -Infinity);
}

const partOf = ({ lower, upper }: Boxes, owner: number, size: number): Part => ({
  owner,
  lower: lower.data.slice(owner * size, (owner + 1) * size),
  upper: upper.data.slice(owner * size, (owner + 1) * size),
});

function boundAll(
  model: TypedModel,
  parts: readonly Part[],
  classes: Int32Array,
  size: number,
  runtime: Runtime,
): Promise<Float32Array> {
  const side = (name: 'lower' | 'upper') => {
    const data = new Float32Array(parts.length * size);
    parts.forEach((part, row) => {
      data.set(part[name], row * size);
    });
    return float32(data, [parts.length, size]);
  };
  const owners = Int32Array.from(parts, ({ owner }) => classes[owner] ?? 0);
  return boundMargins(model, { lower: side('lower'), upper: side('upper') }, owners, 'deployed', runtime);
}

/**
 * Both halves, which share their border, so that nothing between float32 numbers is left out; along the input that is widest in shares of
 * the whole box. Empty where no float32 number lies between any ends.
 */
function halved({ owner, lower, upper }: Part, widths: Float32Array | undefined, inputs: number): Part[] {
  let [widest, share, middle] = [-1, 0, 0];
  for (let at = 0; at < inputs; at++) {
    const [least, most] = [lower[at] ?? 0, upper[at] ?? 0];
    const between = Math.fround(least / 2 + most / 2);
    const own = (most - least) / (widths?.[at] || 1);
    if (own > share && between > least && between < most) [widest, share, middle] = [at, own, between];
  }
  if (widest < 0) return [];
  const [below, above] = [upper.slice(), lower.slice()];
  below[widest] = above[widest] = middle;
  return [
    { owner, lower, upper: below },
    { owner, lower: above, upper },
  ];
}
