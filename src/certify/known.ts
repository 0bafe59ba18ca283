// Bounds of all steps over boxes: intervals, and backward bounds of what rectifiers read where the sign is open.
import { bound, type Combination, type Products, type View } from './backward.js';
import {
  affineBounds,
  type Bounds,
  intersected,
  type Known,
  type LinearForm,
  type Rates,
  reluBounds,
} from './intervals.js';
import { type Lines, linesOf } from './lines.js';
import type { Network, Step } from './network.js';
import type { Located } from './places.js';
import { leastOf } from './region.js';

export type Machine = {
  readonly network: Network;
  readonly rates: readonly (Rates | undefined)[];
  readonly products: Products;
};

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
  const { network } = machine;
  const drafts = boxes.map(
    (asked): Draft => ({ asked, bounds: [asked.box], errors: [], lines: [], forms: new Map() }),
  );
  for (const at of network.live) {
    const step = network.steps[at];
    if (at === 0 || step === undefined) continue;
    for (const draft of drafts) forward(machine, draft, at, step);
    if (tightens && isTightened(network, at, step)) await tighten(machine, drafts, at);
  }
  return drafts.map(({ bounds, errors, lines, forms }) => ({
    known: { bounds, errors, forms },
    lines,
    isFinite: bounds.every(
      ({ lower, upper }) => lower.every(Number.isFinite) && upper.every(Number.isFinite),
    ),
  }));
}

function forward({ rates }: Machine, draft: Draft, at: number, step: Step): void {
  const { bounds, errors, lines, asked } = draft;
  const own = rates[at];
  if (step.kind === 'relu') {
    const source = bounds[step.source];
    if (source === undefined) throw new RangeError('a step before its source');
    bounds[at] = reluBounds(source);
    lines[at] = linesOf(source);
  } else if (step.kind === 'affine' && own !== undefined) {
    errors[at] = new Float64Array(step.size);
    const found = affineBounds(step, own, bounds, errors[at]);
    const outer = asked.outer?.bounds[at];
    bounds[at] = outer === undefined ? found : intersected(found, outer);
    inherit(bounds[at], asked, at);
  }
}

/** What linear bounds over the outer box say of this one. */
function inherit({ lower, upper }: Bounds, { outer, box }: Asked, at: number): void {
  for (const [element, [least, negative]] of outer?.forms?.get(at) ?? []) {
    lower[element] = Math.max(lower[element] ?? -Infinity, leastOf(least, box));
    upper[element] = Math.min(upper[element] ?? Infinity, -leastOf(negative, box));
  }
}

/** Interval bounds of one layer of the input are the best that there are. */
function isTightened({ preactivations }: Network, at: number, step: Step): boolean {
  return (
    step.kind === 'affine' && preactivations.includes(at) && step.parts.some(({ source }) => source !== 0)
  );
}

type Target = { readonly draft: Draft; readonly element: number };

async function tighten({ network, products }: Machine, drafts: readonly Draft[], at: number): Promise<void> {
  const targets = drafts.flatMap((draft) => {
    const { lower, upper } = draft.bounds[at] ?? noBounds;
    return Array.from(lower.keys())
      .filter((element) => (lower[element] ?? 0) < 0 && (upper[element] ?? 0) > 0)
      .map((element): Target => ({ draft, element }));
  });
  const combinations = targets.flatMap((target) => [
    combinationOf(network, target, at, 1),
    combinationOf(network, target, at, -1),
  ]);
  const found = await bound(network, products, combinations);
  targets.forEach(({ draft, element }, which) => {
    const own = draft.bounds[at] ?? noBounds;
    const [least, most] = [found[2 * which]?.bound ?? -Infinity, -(found[2 * which + 1]?.bound ?? -Infinity)];
    own.lower[element] = Math.max(own.lower[element] ?? -Infinity, least);
    own.upper[element] = Math.min(own.upper[element] ?? Infinity, most);
    keep(draft, at, element, found[2 * which], found[2 * which + 1]);
  });
}

function keep(
  { forms, asked }: Draft,
  at: number,
  element: number,
  least: LinearForm | undefined,
  negative: LinearForm | undefined,
): void {
  if (least === undefined || negative === undefined || asked.box.lower.length > greatestInputs) return;
  const own = forms.get(at) ?? new Map<number, readonly [LinearForm, LinearForm]>();
  forms.set(at, own);
  own.set(element, [least, negative]);
}

const noBounds: Bounds = { lower: new Float64Array(), upper: new Float64Array() };

function combinationOf(network: Network, { draft, element }: Target, at: number, sign: 1 | -1): Combination {
  const { asked, bounds, errors, lines } = draft;
  const start = new Float64Array(network.steps[at]?.size ?? 0);
  start[element] = sign;
  const slopes = asked.located?.tightened.get(at)?.get(element);
  const known = { bounds, errors };
  const chosen = sign === 1 ? slopes?.least : slopes?.greatest;
  const view =
    chosen === undefined || asked.located === undefined
      ? { known, lines }
      : { known, lines: linesWith(network, bounds, asked.located, chosen, at) };
  return { view, start: new Map([[at, start]]) };
}

/** Lines of all rectifiers, of slope 0 below where the sign is open. */
export const flatLines = ({ steps }: Network, bounds: readonly Bounds[]): (Lines | undefined)[] =>
  steps.map((step) => {
    const source = step.kind === 'relu' ? bounds[step.source] : undefined;
    return source && linesOf(source, undefined, () => 0);
  });

/** Lines of rectifiers before a step, with slopes of places. @param signs by place; left out: none has a sign */
export function linesWith(
  { steps }: Network,
  bounds: readonly Bounds[],
  { byStep }: Located,
  slopes: Uint16Array | undefined,
  before: number,
  signs?: Int8Array,
): (Lines | undefined)[] {
  return steps.slice(0, before).map((step) => {
    const source = step.kind === 'relu' ? bounds[step.source] : undefined;
    if (step.kind !== 'relu' || source === undefined) return undefined;
    const places = byStep.get(step.source);
    const placeOf = (element: number) => places?.[element] ?? -1;
    return linesOf(
      source,
      (element) => signs?.[placeOf(element)] ?? 0,
      (element) => {
        const slope = slopes?.[placeOf(element)];
        return slope === undefined ? undefined : slope / 65535;
      },
    );
  });
}
