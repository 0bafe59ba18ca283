// What is done with a batch of sub-problems: slopes and multipliers raised, the least corner tried, the neuron to split next chosen by
// bounding the children of a few candidates (De Palma et al., arXiv 2104.06718, with the product of both children's gains).
import type { Session, Shared } from '../../../program/session.js';
import { tryPoint } from '../excess.js';
import { leafRecord } from '../record.js';
import type { BranchRequest, OpenDisjunct } from '../types.js';
import { type Ascended, ascend, type Batch, type Rates } from './ascent.js';
import { batchOf, compacted } from './batching.js';
import { pointsIn } from './points.js';
import type { Recorder } from './recorder.js';
import { candidatesOf, scoresOf } from './scores.js';
import type { Climb } from './sessions.js';
import type { Space } from './space.js';
import { childrenOf, type Subproblem } from './subproblem.js';
import { feedsOfBatch, type View, viewOf } from './views.js';

export type Opened = { readonly ascent: Climb; readonly bounds: Session; readonly view: Session };

export type Engine = {
  readonly space: Space;
  readonly disjuncts: readonly OpenDisjunct[];
  readonly mixed: boolean;
  readonly sessions: Opened;
  readonly shared: Shared;
  readonly rates: Rates;
  /** Candidates whose children are bounded. */
  readonly tried: number;
  readonly isStopped: () => boolean;
  readonly tryPoints: BranchRequest['tryPoints'];
  readonly suggest: BranchRequest['suggest'];
  /** Where the search is recorded. */
  readonly recorder?: Recorder | undefined;
};

export type Expanded = {
  /** Bounds of all, over their limits, in their order. */
  readonly bounds: Float64Array;
  /** Those that are not proved. */
  readonly open: readonly Subproblem[];
  /** True where a counterexample was confirmed. */
  readonly found: boolean;
};

export async function expand(engine: Engine, given: readonly Subproblem[]): Promise<Expanded> {
  const { space, disjuncts, mixed, sessions, shared } = engine;
  const parts = await withBestRows(engine, given);
  const batch = batchOf(space, disjuncts, parts, mixed);
  const raised = await ascend(
    sessions.ascent,
    shared,
    batch,
    engine.rates,
    engine.isStopped,
    engine.recorder !== undefined,
  );
  const bounds = raised.bounds.map((bound, at) => bound - (batch.limits[at] ?? Infinity));
  parts.forEach((part, at) => {
    if ((bounds[at] ?? 0) > 0) recordLeaf(engine, part, raised, at);
  });
  const open = parts.flatMap((part, at) =>
    (bounds[at] ?? 0) > 0
      ? []
      : [{ ...part, ...stateOf(space, part, raised, at), bound: Math.max(bounds[at] ?? 0, part.bound) }],
  );
  if (open.length === 0 || engine.isStopped()) return { bounds, open, found: false };
  const view = await viewOf(sessions.view, shared, batchOf(space, disjuncts, open, mixed));
  const found = await triedCorners(engine, open, view);
  return { bounds, open: found ? open : await withCandidates(engine, open, view), found };
}

function recordLeaf(
  { recorder, space, disjuncts }: Engine,
  { record, row, disjunct, splits }: Subproblem,
  { best }: Ascended,
  at: number,
): void {
  if (recorder === undefined || best === undefined) return;
  const own = (values: Float32Array) => values.subarray(at * space.width, (at + 1) * space.width);
  const all = own(best.multipliers);
  const multipliers = Float32Array.from(splits, (split) => all[Math.abs(split)] ?? 0);
  const count = disjuncts[disjunct]?.rows.count ?? 0;
  const weights = Array.from({ length: count }, (_, at) => (at === row ? 1 : 0));
  leafRecord(record, () => recorder.choice(space, weights, own(best.slopes), multipliers));
}

const stateOf = ({ width }: Space, part: Subproblem, raised: Ascended, at: number) =>
  compacted(
    part,
    raised.slopes.subarray(at * width, (at + 1) * width),
    raised.multipliers.subarray(at * width, (at + 1) * width),
  );

/** Of disjuncts with several rows, the row of which the bound is greatest. */
async function withBestRows(engine: Engine, parts: readonly Subproblem[]): Promise<readonly Subproblem[]> {
  const { disjuncts } = engine;
  if (disjuncts.every(({ rows }) => rows.count === 1)) return parts;
  const all = parts.flatMap((part) =>
    Array.from({ length: disjuncts[part.disjunct]?.rows.count ?? 0 }, (_, row) => ({ ...part, row })),
  );
  const bounds = await boundsOf(engine, all);
  let from = 0;
  return parts.map((part) => {
    const count = disjuncts[part.disjunct]?.rows.count ?? 0;
    const own = bounds.subarray(from, from + count);
    from += count;
    const row = own.reduce((best, bound, at) => (bound > (own[best] ?? -Infinity) ? at : best), 0);
    return { ...part, row };
  });
}

/** Bounds over limits, with slopes and multipliers as they are. */
async function boundsOf(engine: Engine, parts: readonly Subproblem[]): Promise<Float64Array> {
  const { space, disjuncts, mixed, sessions, shared } = engine;
  const result = new Float64Array(parts.length);
  const size = 512;
  for (let from = 0; from < parts.length; from += size) {
    const batch = batchOf(space, disjuncts, parts.slice(from, from + size), mixed);
    const { bound } = await sessions.bounds.run(feedsOfBatch(batch), shared);
    const found = bound?.data as Float32Array;
    found.forEach((value, at) => {
      result[from + at] = value - (batch.limits[at] ?? Infinity);
    });
  }
  return result;
}

/** Corners where bounds are least. */
async function triedCorners(engine: Engine, open: readonly Subproblem[], view: View): Promise<boolean> {
  for (const [at, { disjunct }] of open.entries()) {
    const asked = engine.disjuncts[disjunct];
    if (asked !== undefined && (await tryPoint(engine, asked, view.point(at), view.output(at)))) return true;
  }
  return false;
}

/** Candidates by the gains of their children, best first. */
async function withCandidates(
  engine: Engine,
  open: readonly Subproblem[],
  view: View,
): Promise<Subproblem[]> {
  const { space, tried } = engine;
  const chosen = open.map((part, at) => {
    const points = pointsIn(space, part);
    const slopes = Float32Array.from(part.slopes, (slope) => slope / 255);
    const neurons = view.neurons(at);
    const { intercepts, losses } = scoresOf(space, view.influence(at), neurons, slopes);
    const scores = view.cutLosses === undefined ? [intercepts] : [view.cutLosses(at), intercepts];
    const places = candidatesOf([...scores, losses], (place) => !points.isOpen(place), tried);
    return places.flatMap((place) =>
      points.of(place, neurons[place] ?? 0).map((point) => ({ place, point })),
    );
  });
  const children = open.flatMap((part, at) =>
    (chosen[at] ?? []).flatMap(({ place, point }) =>
      childrenOf(space, { ...part, ...candidatesAt([{ place, point }]), record: undefined }, 1),
    ),
  );
  const bounds = await boundsOf(engine, children);
  let next = 0;
  return open.map((part, at) => {
    const gains = (chosen[at] ?? []).map((candidate) => {
      const gain = () => gainOf(part.bound, bounds[next++] ?? -Infinity);
      return { ...candidate, gain: gain() * gain() };
    });
    gains.sort((a, b) => b.gain - a.gain);
    const seen = new Set<number>();
    const best = gains.filter(({ place }) => !seen.has(place) && seen.add(place));
    return { ...part, ...candidatesAt(best) };
  });
}

const candidatesAt = (list: readonly { readonly place: number; readonly point: number }[]) => ({
  candidates: Int32Array.from(list, ({ place }) => place),
  candidatePoints: Float32Array.from(list, ({ point }) => point),
});

/** What a child gains of what is missing; a little where it gains nothing, so that the other child counts. */
const gainOf = (parent: number, child: number): number =>
  Math.max(Math.min(child, 0) - parent, 1e-6 * Math.max(-parent, 1e-9));

export type { Batch };
