// Which of all cuts in two is best, seen from bounds of every half with what is known of the whole: a single row per half instead of
// one for each hidden element, so that all inputs can be tried.
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
import { doubtOf } from '../../crown/uncertain.js';
import type { Batch, Bounder } from './bounder.js';
import { leastOf } from './forms.js';
import { greatestBound, type Space, specification } from './space.js';
import {
  coefficientsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  knownLength,
  knownOf,
  lowerOf,
  type Packing,
  type Subproblem,
  upperOf,
} from './subproblem.js';

/** The two halves of one input's interval: they meet in one float32, which both have. */
export type Cut = {
  readonly input: number;
  readonly at: number;
  /** Bounds of the halves, as of a sub-problem. */
  readonly left: number;
  readonly right: number;
};

/** Packed data of one half. */
export function halfOf(packing: Packing, { data }: Subproblem, { input, at }: Cut, isLeft: boolean) {
  const half = data.slice();
  (isLeft ? upperOf : lowerOf)(packing, half)[input] = at;
  return half;
}

/** For each box the best cut, undefined where every interval holds two float32 at most. */
export async function bestCuts(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
): Promise<(Cut | undefined)[]> {
  const { packing, disjuncts } = space;
  const places = boxes.map(({ data }) => cutPlaces(packing, data));
  const count = 2 * places.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) return boxes.map(() => undefined);
  const found = await bounder.run(halvesOf(space, boxes, places, count, bounder.outputs));
  let half = 0;
  return boxes.map((box, at) => {
    const rows = disjuncts[box.disjunct]?.rows;
    const boundOf = (row: number) => greatestBound(rows, found.bound, row * found.rows);
    const cuts = (places[at] ?? []).map(({ input, at: place }): Cut => {
      half += 2;
      return { input, at: place, left: boundOf(half - 2), right: boundOf(half - 1) };
    });
    return best(space, box, cuts);
  });
}

type Place = { readonly input: number; readonly at: number };

/** Inputs whose halves are bounded, at most. */
const mostCuts = 32;

function cutPlaces(packing: Packing, data: Subproblem['data']): Place[] {
  const [lower, upper] = [lowerOf(packing, data), upperOf(packing, data)];
  const places: Place[] = [];
  for (let input = 0; input < lower.length; input++) {
    const [low, high] = [lower[input] ?? 0, upper[input] ?? 0];
    const at = Math.fround(low / 2 + high / 2);
    if (at > low && at < high) places.push({ input, at });
  }
  if (places.length <= mostCuts) return places;
  const influence = influenceOf(packing, data);
  return places
    .sort((a, b) => (influence[b.input] ?? 0) - (influence[a.input] ?? 0) || a.input - b.input)
    .slice(0, mostCuts);
}

/** What each input moves the row's linear bound by, over its interval: the greatest of all rows. */
function influenceOf(packing: Packing, data: Subproblem['data']): Float64Array {
  const [lower, upper] = [lowerOf(packing, data), upperOf(packing, data)];
  const coefficients = coefficientsOf(packing, data);
  const influence = new Float64Array(packing.inputs);
  coefficients.forEach((coefficient, at) => {
    const input = at % packing.inputs;
    const moved = Math.abs(coefficient) * ((upper[input] ?? 0) - (lower[input] ?? 0));
    if (moved > (influence[input] ?? 0)) influence[input] = moved;
  });
  return influence;
}

/**
 * What a half gains counts as this share of what is missing at least, so that no half counts for nothing. 67 proofs of ACAS Xu take 10,158
 * sub-problems (with 0.05 and a power of 0.1: 11,394).
 */
const leastGain = 0.02;
/**
 * Wide intervals are preferred, by this power of their share of the whole: what cuts of small ones gain again and again is not worth
 * waiting for.
 */
const widthPower = 0.05;

/**
 * The greatest product of what both halves gain, as in mixed-integer programming (Achterberg et al., Branching rules revisited,
 * 2005): a sum would go on cutting slivers off one side.
 */
function best({ packing, disjuncts }: Space, box: Subproblem, cuts: readonly Cut[]): Cut | undefined {
  const { lower: from, upper: to } = disjuncts[box.disjunct] ?? {};
  const [lower, upper] = [lowerOf(packing, box.data), upperOf(packing, box.data)];
  const known = Number.isFinite(box.bound);
  const missing = known ? -box.bound : 1;
  const gain = (bound: number) =>
    known ? Math.max(0, Math.min(bound, 0) + missing) / missing + leastGain : 1;
  let chosen: Cut | undefined;
  let greatest = -Infinity;
  for (const cut of cuts) {
    const { input, left, right } = cut;
    const whole = (to?.[input] ?? 0) - (from?.[input] ?? 0);
    const share = ((upper[input] ?? 0) - (lower[input] ?? 0)) / whole;
    const score = gain(left) * gain(right) * share ** widthPower;
    if (score > greatest) [chosen, greatest] = [cut, score];
  }
  return chosen;
}

/** Halves of all cuts, left before right, cut by cut and box by box; no hidden element is bounded again. */
function halvesOf(
  space: Space,
  boxes: readonly Subproblem[],
  places: readonly (readonly Place[])[],
  count: number,
  outputs: number,
): Batch {
  const { packing, hidden } = space;
  const { inputs } = packing;
  const disjuncts = boxes.flatMap(({ disjunct }, at) =>
    (places[at] ?? []).flatMap(() => [disjunct, disjunct]),
  );
  const length = knownLength(packing);
  const known = new Float32Array(count * length);
  let half = 0;
  boxes.forEach(({ data }, at) => {
    const open = openElements(space, data);
    for (const { input, at: place } of places[at] ?? []) {
      for (const isLeft of [true, false]) {
        const own = known.subarray(half * length, (half + 1) * length);
        own.set(knownOf(packing, data));
        narrow(packing, data, open, { input, place, isLeft }, own);
        own[isLeft ? inputs + input : input] = place;
        half++;
      }
    }
  });
  const indices = hidden.map(() => new Int32Array());
  return { count, known, indices, ...specification(space, disjuncts, outputs) };
}

/** Hidden elements that halves may tighten, with the least values of their linear bounds over the whole box. */
type Open = {
  /** Among all elements. */
  readonly elements: Int32Array;
  readonly least: Float64Array;
  readonly leastOfNegative: Float64Array;
};

function openElements({ packing, hidden }: Space, data: Subproblem['data']): Open {
  const leastOfForm = leastOf(packing, data);
  const [low, high] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  const open: number[] = [];
  for (const value of packing.forms === 0 ? [] : hidden)
    for (let at = value.offset; at < value.offset + value.size; at++)
      if (doubtOf(value.kinkOnly, low[at] ?? 0, high[at] ?? 0) > 0) open.push(at);
  return {
    elements: Int32Array.from(open),
    least: Float64Array.from(open, leastOfForm),
    leastOfNegative: Float64Array.from(open, (element) => leastOfForm(packing.hidden + element)),
  };
}

type Half = { readonly input: number; readonly place: number; readonly isLeft: boolean };

/** One end of one interval moves: a linear bound gains its coefficient times that, if it has the sign. */
function narrow(
  packing: Packing,
  data: Subproblem['data'],
  { elements, least, leastOfNegative }: Open,
  { input, place, isLeft }: Half,
  known: Float32Array<ArrayBuffer>,
): void {
  const { inputs, hidden } = packing;
  const coefficients = formsOf(packing, data);
  const [lower, upper] = [hiddenLowerOf(packing, known), hiddenUpperOf(packing, known)];
  const moved = place - (data[isLeft ? inputs + input : input] ?? 0);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] ?? 0;
    const a = coefficients[element * inputs + input] ?? 0;
    const b = coefficients[(hidden + element) * inputs + input] ?? 0;
    const low = (least[i] ?? 0) + Math.max(0, a * moved);
    const high = -((leastOfNegative[i] ?? 0) + Math.max(0, b * moved));
    if (low > (lower[element] ?? 0)) lower[element] = roundDown(low);
    if (high < (upper[element] ?? 0)) upper[element] = roundUp(high);
  }
}
