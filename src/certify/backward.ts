// Lower bounds of linear combinations of steps, carried back to the input: every coefficient is replaced by coefficients of what the
// value is computed from. What that rounds, here and in the deployed network, is a cost that is taken off in the end.
import { double, inflation, ownUnderflow, reachOf } from './arithmetic.js';
import { type Bounds, boundsAt, type Known, type LinearForm } from './bounds.js';
import type { Lines } from './lines.js';
import type { Matrix } from './matrix.js';
import type { Affine, Curved, Network } from './network.js';
import { leastOf } from './region.js';

/** How one part of a box is bounded. */
export type View = {
  readonly known: Known;
  /** By curve. */
  readonly lines: readonly (Lines | undefined)[];
};

/** At most the combination, for every x of the box; `bound` is the least that it may be. */
export type LinearBound = LinearForm & { readonly bound: number };

/** The one heavy operation: rows [count, matrix.rows] times the matrix. */
export type Products = (
  step: number,
  part: number,
  matrix: Matrix,
  rows: readonly Float64Array[],
) => Promise<readonly Float64Array[]>;

/** A combination under way. */
class Row {
  readonly pending: (Float64Array | undefined)[] = [];
  /** Exact terms, and the sum of their magnitudes. */
  sum = 0;
  size = 0;
  /** Not negative. */
  cost = 0;
  /** Longest sum, and number of sums. */
  longest = 0;
  sums = 0;

  constructor(readonly view: View) {}

  /** A sum of so many terms, with the sum of their magnitudes. */
  spend(sum: number, size: number, cost: number, length: number): void {
    this.sum += sum;
    this.size += size;
    this.cost += cost;
    this.sums++;
    this.longest = Math.max(this.longest, length);
  }

  add(step: number, a: Float64Array): void {
    const before = this.pending[step];
    if (before === undefined) {
      this.pending[step] = a;
      return;
    }
    for (let at = 0; at < a.length; at++) a[at] = (a[at] ?? 0) + (before[at] ?? 0);
    this.pending[step] = a;
    this.lose(step, a);
  }

  /** Every coefficient of the step rounded once. */
  lose(step: number, a: Float64Array): void {
    const bounds = this.view.known.bounds[step];
    if (bounds !== undefined) this.cost += 2 * double * magnitudeOf(a, bounds);
  }

  /** No term is lost: sums of n terms and their total are off by the roundings of the longest path. */
  slack(): number {
    return (
      (this.size * (this.longest + this.sums + 16) * 2 * double + this.cost * inflation) * inflation +
      ownUnderflow
    );
  }
}

const magnitudeOf = (a: Float64Array, { lower, upper }: Bounds): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) {
    const value = a[at] as number;
    if (value !== 0) sum += Math.abs(value) * reachOf(lower[at] as number, upper[at] as number);
  }
  return sum;
};

/** Coefficients by step, and constant terms. */
export type Combination = {
  readonly view: View;
  readonly start: ReadonlyMap<number, Float64Array>;
  readonly terms?: readonly number[];
  /** What the coefficients themselves may be off by. */
  readonly cost?: number;
};

export async function bound(
  network: Network,
  products: Products,
  combinations: readonly Combination[],
): Promise<LinearBound[]> {
  const rows = combinations.map(({ view, start, terms, cost }) => {
    const row = new Row(view);
    for (const [step, a] of start) row.pending[step] = a.slice();
    for (const term of terms ?? []) row.spend(term, Math.abs(term), 0, 1);
    row.cost += cost ?? 0;
    return row;
  });
  for (let at = network.steps.length - 1; at > 0; at--) {
    const step = network.steps[at];
    const own = rows.filter(({ pending }) => pending[at] !== undefined);
    if (step === undefined || own.length === 0) continue;
    if (step.kind === 'curve') for (const row of own) throughCurve(row, at, step);
    if (step.kind === 'affine') await throughAffine(own, at, step, products);
  }
  const size = network.steps[0]?.size ?? 0;
  return rows.map((row) => finished(row, size));
}

function throughCurve(row: Row, at: number, { source, size }: Curved): void {
  const [a, lines, errors] = [row.pending[at], row.view.lines[at], row.view.known.errors[at]];
  if (a === undefined || lines === undefined || errors === undefined)
    throw new RangeError(`no lines of ${at}`);
  const { below, least, above, most } = lines;
  const next = new Float64Array(size);
  let [sum, total, cost] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const value = a[i] as number;
    if (value === 0) continue;
    // NaN takes either, and stays.
    const isBelow = value > 0;
    next[i] = value * ((isBelow ? below[i] : above[i]) as number);
    const term = value * ((isBelow ? least[i] : most[i]) as number);
    sum += term;
    total += Math.abs(term);
    cost += Math.abs(value) * (errors[i] as number);
  }
  row.pending[at] = undefined;
  row.spend(sum, total, cost, size);
  row.lose(source, next);
  row.add(source, next);
}

async function throughAffine(
  rows: readonly Row[],
  at: number,
  step: Affine,
  products: Products,
): Promise<void> {
  const all = rows.map((row) => taken(row, at, step));
  for (const [which, { source, matrix }] of step.parts.entries()) {
    const found = await products(at, which, matrix, all);
    rows.forEach((row, place) => {
      const a = found[place];
      if (a !== undefined) row.add(source, a);
    });
  }
}

/** The coefficients of the step, after its bias and its errors are accounted for. */
function taken(row: Row, at: number, { bias, size }: Affine): Float64Array {
  const a = row.pending[at] ?? new Float64Array(size);
  row.pending[at] = undefined;
  const errors = row.view.known.errors[at];
  if (errors === undefined) throw new RangeError(`no errors of step ${at}`);
  let [sum, total, cost] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const value = a[i] as number;
    if (value === 0) continue;
    const term = value * (bias[i] as number);
    sum += term;
    total += Math.abs(term);
    cost += Math.abs(value) * (errors[i] as number);
  }
  row.spend(sum, total, cost, size);
  return a;
}

function finished(row: Row, size: number): LinearBound {
  const coefficients = row.pending[0] ?? new Float64Array(size);
  const least = row.sum - row.slack();
  const constant = Number.isFinite(least) ? least - Math.abs(least) * 2 ** -52 : -Infinity;
  return {
    coefficients,
    constant,
    bound: leastOf({ coefficients, constant }, boundsAt(row.view.known.bounds, 0)),
  };
}

/** Plain loops, which skip coefficients of zero: of rectified layers often half. */
export const plainProducts: Products = async (_step, _part, matrix, rows) =>
  rows.map((row) => product(row, matrix));

function product(row: Float64Array, { rows, columns, starts, indices, weights }: Matrix): Float64Array {
  const result = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    const a = row[r] as number;
    if (a === 0) continue;
    const [begin, end] = [starts[r] as number, starts[r + 1] as number];
    if (end - begin === columns)
      for (let c = 0; c < columns; c++)
        result[c] = (result[c] as number) + a * (weights[begin + c] as number);
    else
      for (let at = begin; at < end; at++) {
        const c = indices[at] as number;
        result[c] = (result[c] as number) + a * (weights[at] as number);
      }
  }
  return result;
}
