// Clauses -> disjuncts: bounds gathered into boxes, equal boxes stored once.
import type { Comparisons, Formula } from './formula.js';
import { fillBounds, isBounded } from './implied-bounds.js';
import { type Clause, partsOf, productOf } from './normal-form.js';
import type { Disjunct, LinearConstraint } from './property.js';

type Box = Pick<Disjunct, 'lower' | 'upper'>;

export type Unbounded = { readonly input: number; readonly side: 'lower' | 'upper' };

/** 2^26 numbers are 512 MiB. */
export const MOST_NUMBERS = 2 ** 26;

/**
 * Empty boxes are counted and left out. `refuse` is told of the first input that a box does not bound, and `tooLarge` that
 * the boxes would take too much memory; both throw. `within`: what inputs are bounded by besides the formula.
 */
export function disjunctsOf(
  formula: Formula,
  table: Comparisons,
  inputSize: number,
  refuse: { unbounded(found: Unbounded): never; tooLarge(): never },
  within: Box = {
    lower: new Float64Array(inputSize).fill(-Infinity),
    upper: new Float64Array(inputSize).fill(Infinity),
  },
): { disjuncts: Disjunct[]; empty: number } {
  const { single, disjunctions } = partsOf(formula);
  const common = boxOf(single, table, { lower: within.lower.slice(), upper: within.upper.slice() });
  const constraints = constraintsOf(single, table);
  fillBounds(common, constraints);
  const boxes = new BoxStore(common);
  const most = Math.floor(MOST_NUMBERS / Math.max(1, 2 * inputSize));
  const clauses = productOf(disjunctions);
  const disjuncts = clauses.flatMap((clause): Disjunct[] => {
    const own = constraintsOf(clause, table);
    const all = own.length === 0 ? constraints : [...constraints, ...own];
    const box = boxes.of(clause, table, all);
    if (isEmpty(box)) return [];
    const found = unboundedIn(box);
    if (found !== undefined) refuse.unbounded(found);
    if (boxes.count > most) refuse.tooLarge();
    return [{ ...box, constraints: all }];
  });
  return { disjuncts, empty: clauses.length - disjuncts.length };
}

function constraintsOf(clause: Clause, table: Comparisons): LinearConstraint[] {
  const found: LinearConstraint[] = [];
  for (const at of clause) {
    if (table.sides[at] === 0) found.push(table.constraints[table.values[at] as number] as LinearConstraint);
  }
  return found;
}

/** Tightens `box` in place. */
function boxOf(clause: Clause, table: Comparisons, box: Box): Box {
  for (const at of clause) {
    const side = table.sides[at] as number;
    const value = table.values[at] as number;
    if (side > 0) box.upper[side - 1] = Math.min(box.upper[side - 1] as number, value);
    else if (side < 0) box.lower[-side - 1] = Math.max(box.lower[-side - 1] as number, value);
  }
  return box;
}

const isEmpty = ({ lower, upper }: Box): boolean =>
  lower.some((least, input) => least > (upper[input] as number));

function unboundedIn({ lower, upper }: Box): Unbounded | undefined {
  const [below, above] = [lower.indexOf(-Infinity), upper.indexOf(Infinity)];
  if (below === -1 && above === -1) return undefined;
  if (above === -1 || (below !== -1 && below <= above)) return { input: below, side: 'lower' };
  return { input: above, side: 'upper' };
}

/** Boxes within a common one, each stored once. */
class BoxStore {
  count = 0;
  readonly #byHash = new Map<number, Box[]>();
  readonly #draft: Box;
  readonly #isBounded: boolean;

  constructor(readonly common: Box) {
    this.#isBounded = isBounded(common);
    this.#draft = { lower: common.lower.slice(), upper: common.upper.slice() };
    this.#stored(common);
  }

  of(clause: Clause, table: Comparisons, constraints: readonly LinearConstraint[]): Box {
    const { common } = this;
    if (this.#isBounded && !clause.some((at) => table.sides[at] !== 0)) return common;
    this.#draft.lower.set(common.lower);
    this.#draft.upper.set(common.upper);
    const box = boxOf(clause, table, this.#draft);
    fillBounds(box, constraints);
    return this.#stored(box);
  }

  #stored(box: Box): Box {
    const hash = hashOf(box.lower, hashOf(box.upper, FNV_OFFSET));
    const alike = this.#byHash.get(hash) ?? [];
    const known = alike.find((other) => same(other.lower, box.lower) && same(other.upper, box.upper));
    if (known !== undefined) return known;
    const kept = box === this.#draft ? { lower: box.lower.slice(), upper: box.upper.slice() } : box;
    this.#byHash.set(hash, [...alike, kept]);
    this.count++;
    return kept;
  }
}

const FNV_OFFSET = 0x811c9dc5;

/** FNV-1a over 32-bit words. */
function hashOf(values: Float64Array, seed: number): number {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  let hash = seed;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

const same = (a: Float64Array, b: Float64Array): boolean => a.every((value, at) => value === b[at]);
