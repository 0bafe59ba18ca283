// Bounds of all steps over boxes: intervals, and backward bounds of what curves read where it matters.
import { bound, type Combination, type Products, type View } from './backward.js';
import {
  type Bounded,
  type Bounds,
  boundsAt,
  forward,
  intersected,
  type Known,
  type LinearForm,
} from './bounds.js';
import { type Lines, linesOf, linesWith } from './lines.js';
import type { Located } from './places.js';
import { leastOf } from './region.js';

export type Machine = Bounded & { readonly products: Products };

export type BoxView = View & {
  /** False where some value may overflow: nothing is proved there. */
  readonly isFinite: boolean;
};

export type Asked = {
  readonly box: Bounds;
  /** Of a box around this one. */
  readonly outer?: Known | undefined;
  readonly located?: Located | undefined;
};

type Draft = {
  readonly asked: Asked;
  readonly bounds: Bounds[];
  readonly errors: Float64Array[];
  readonly lines: (Lines | undefined)[];
  readonly forms: Map<number, Map<number, readonly [LinearForm, LinearForm]>>;
};

/** Inputs beyond which linear bounds are not kept for parts: boxes of many inputs are not cut. */
const greatestInputs = 64;

/**
 * In their order.
 * @param tightens whether what rectifiers read is bounded by itself; else it has what is known of the boxes around
 */
export async function viewsOf(
  machine: Machine,
  boxes: readonly Asked[],
  tightens = true,
): Promise<BoxView[]> {
  const drafts = boxes.map(
    (asked): Draft => ({ asked, bounds: [asked.box], errors: [], lines: [], forms: new Map() }),
  );
  for (const at of machine.network.live.slice(1)) {
    for (const draft of drafts) extend(machine, draft, at);
    if (tightens && isTightened(machine, at)) await tighten(machine, drafts, at);
  }
  return drafts.map(({ bounds, errors, lines, forms }) => ({
    known: { bounds, errors, forms },
    lines,
    isFinite: bounds.every(isBounded),
  }));
}

export const isBounded = ({ lower, upper }: Bounds): boolean =>
  lower.every(Number.isFinite) && upper.every(Number.isFinite);

function extend(machine: Machine, { bounds, errors, lines, asked }: Draft, at: number): void {
  const { errors: own, ...found } = forward(machine, at, bounds);
  errors[at] = own;
  const outer = asked.outer?.bounds[at];
  bounds[at] = outer === undefined ? found : intersected(found, outer);
  inherit(bounds[at], asked, at);
  const step = machine.network.steps[at];
  if (step?.kind === 'curve') lines[at] = linesOf(step.curve, boundsAt(bounds, step.source));
}

/** What linear bounds over the outer box say of this one. */
function inherit({ lower, upper }: Bounds, { outer, box }: Asked, at: number): void {
  for (const [element, [least, negative]] of outer?.forms?.get(at) ?? []) {
    lower[element] = Math.max(lower[element] ?? -Infinity, leastOf(least, box));
    upper[element] = Math.min(upper[element] ?? Infinity, -leastOf(negative, box));
  }
}

/** Interval bounds of one layer of the input are the best that there are. */
function isTightened({ network: { steps, readers } }: Machine, at: number): boolean {
  const step = steps[at];
  return step?.kind === 'affine' && readers.has(at) && step.parts.some(({ source }) => source !== 0);
}

type Target = { readonly draft: Draft; readonly element: number };

async function tighten(machine: Machine, drafts: readonly Draft[], at: number): Promise<void> {
  const curves = machine.network.readers.get(at) ?? [];
  const targets = drafts.flatMap((draft) => {
    const { lower, upper } = boundsAt(draft.bounds, at);
    return Array.from(lower.keys())
      .filter((to) => curves.some((curve) => curve.isOpen([lower[to] as number, upper[to] as number])))
      .map((element): Target => ({ draft, element }));
  });
  const found = await bound(
    machine.network,
    machine.products,
    targets.flatMap((target) => ([1, -1] as const).map((sign) => combinationOf(machine, target, at, sign))),
  );
  targets.forEach(({ draft, element }, which) => {
    const { lower, upper } = boundsAt(draft.bounds, at);
    const [least, negative] = [found[2 * which], found[2 * which + 1]];
    if (least === undefined || negative === undefined) return;
    lower[element] = Math.max(lower[element] ?? -Infinity, least.bound);
    upper[element] = Math.min(upper[element] ?? Infinity, -negative.bound);
    keep(draft, at, element, [least, negative]);
  });
}

function keep(
  { forms, asked }: Draft,
  at: number,
  element: number,
  pair: readonly [LinearForm, LinearForm],
): void {
  if (asked.box.lower.length > greatestInputs) return;
  const own = forms.get(at) ?? new Map<number, readonly [LinearForm, LinearForm]>();
  forms.set(at, own.set(element, pair));
}

function combinationOf(
  { network }: Machine,
  { draft, element }: Target,
  at: number,
  sign: 1 | -1,
): Combination {
  const { asked, bounds, errors, lines } = draft;
  const start = new Float64Array(network.steps[at]?.size ?? 0);
  start[element] = sign;
  const chosen = asked.located?.tightened.get(at)?.get(element)?.[sign === 1 ? 'least' : 'greatest'];
  const own =
    chosen === undefined || asked.located === undefined
      ? lines
      : linesWith(network, lines, (step) => boundsAt(bounds, step), asked.located, chosen);
  return { view: { known: { bounds, errors }, lines: own }, start: new Map([[at, start]]) };
}
