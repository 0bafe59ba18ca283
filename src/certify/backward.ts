// Lower bounds of linear combinations of steps, carried back to the input: every coefficient is replaced by coefficients of what the
// value is computed from. What that rounds, here and in the deployed network, is a cost that is taken off in the end.
import { double, inflation, ownUnderflow, reachOf } from './arithmetic.js';
import type { Bounds, Known } from './intervals.js';
import type { Lines } from './lines.js';
import type { Matrix } from './matrix.js';
import type { Affine, Network, Relu } from './network.js';

/** How one part of a box is bounded. */
export type View = {
  readonly known: Known;
  /** By rectifying step. */
  readonly lines: readonly (Lines | undefined)[];
  /** Multipliers of signs, with the sign, by the step that is split: these times its elements are not negative in the part. */
  readonly multipliers?: ReadonlyMap<number, Float64Array>;
};

/** coefficients . x + constant is at most the combination, for every x of the box; `bound` is the least that it may be. */
export type LinearBound = {
  readonly coefficients: Float64Array;
  readonly constant: number;
  readonly bound: number;
};

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

  term(value: number): void {
    this.sum += value;
    this.size += Math.abs(value);
    this.sums++;
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
    for (const term of terms ?? []) row.term(term);
    row.cost = cost ?? 0;
    return row;
  });
  for (let at = network.steps.length - 1; at > 0; at--) {
    const step = network.steps[at];
    const own = rows.filter(({ pending }) => pending[at] !== undefined);
    if (step === undefined || own.length === 0) continue;
    if (step.kind === 'relu') for (const row of own) throughRelu(row, at, step);
    if (step.kind === 'affine') await throughAffine(own, at, step, products);
  }
  const size = network.steps[0]?.size ?? 0;
  return rows.map((row) => finished(row, size));
}

function throughRelu(row: Row, at: number, { source, size }: Relu): void {
  const [a, lines] = [row.pending[at], row.view.lines[at]];
  if (a === undefined || lines === undefined) throw new RangeError(`no lines of step ${at}`);
  const { below, above, offset } = lines;
  const next = new Float64Array(size);
  let [sum, total] = [0, 0];
  for (let i = 0; i < size; i++) {
    const value = a[i] as number;
    if (value > 0) next[i] = value * (below[i] as number);
    else if (value < 0) {
      next[i] = value * (above[i] as number);
      const term = value * (offset[i] as number);
      sum += term;
      total -= term;
    } else if (value !== 0) next[i] = Number.NaN;
  }
  row.pending[at] = undefined;
  row.sum += sum;
  row.size += total;
  row.sums++;
  row.longest = Math.max(row.longest, size);
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

/** The coefficients of the step with what its splits add, after its bias and its errors are accounted for. */
function taken(row: Row, at: number, { bias, size }: Affine): Float64Array {
  const a = row.pending[at] ?? new Float64Array(size);
  row.pending[at] = undefined;
  const multipliers = row.view.multipliers?.get(at);
  if (multipliers !== undefined) {
    multipliers.forEach((value, i) => {
      if (value !== 0) a[i] = (a[i] ?? 0) - value;
    });
    row.lose(at, a);
  }
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
  row.sum += sum;
  row.size += total;
  row.cost += cost;
  row.sums++;
  row.longest = Math.max(row.longest, size);
  return a;
}

function finished(row: Row, size: number): LinearBound {
  const coefficients = row.pending[0] ?? new Float64Array(size);
  const box = row.view.known.bounds[0];
  if (box === undefined) throw new RangeError('no box');
  row.longest = Math.max(row.longest, size);
  const constant = below(row.sum, row.slack());
  for (let at = 0; at < size; at++) {
    const a = coefficients[at] as number;
    const term = a === 0 ? 0 : a * ((a > 0 ? box.lower[at] : box.upper[at]) as number);
    row.sum += term;
    row.size += Math.abs(term);
  }
  return { coefficients, constant, bound: below(row.sum, row.slack()) };
}

/** At most sum - slack; -Infinity where either is not finite. */
function below(sum: number, slack: number): number {
  const difference = sum - slack;
  const result = difference - Math.abs(difference) * 2 ** -52;
  return Number.isFinite(sum) && Number.isFinite(slack) && Number.isFinite(result) ? result : -Infinity;
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
