// The constant part of backward bounds: dot products of coefficients with vectors, and all that rounding takes from them.
import { zeros } from '../../base/tensor.js';
import { finite, type Interval } from '../../ops/interval.js';
import type { Rounding } from '../../ops/rounding.js';
import { staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/** A bound [rows] in the making: a sum of contributions [rows] minus losses, which are numbers. */
export type Ledger = {
  /** a . offset - |a| . gap, for a and |a| [rows, ...y] and vectors of y's shape. */
  add(a: Value, magnitude: Value, offset: Value | undefined, gap: Value | undefined): void;
  /** A contribution [rows] that is exact but for the sum of all. */
  contribute(part: Value): void;
  /** More rows, to which nothing was contributed so far. @param none gives zeros [more, width] */
  grow(none: (width: number) => Value): void;
  /** Takes so many of the program's own underflows from every row: for each element of the magnitudes [n] `each` times it. */
  loseEach(magnitudes: Value, each: number): void;
  /** The sum of all contributions, rounded down: [rows]; -Infinity where anything is NaN or infinite. */
  total(): Value;
};

export function createLedger(p: Program, rounding: Rounding): Ledger {
  const parts: Value[] = [];
  const losses: Losses = { vectors: [], number: 0 };
  let summed: Sums | undefined;
  return {
    loseEach: (magnitudes, each) => losses.vectors.push(p.mul(magnitudes, each / unit)),
    grow: (none) => {
      if (parts.length === 0) return;
      const table = p.concat([...parts], 1);
      parts.splice(0, parts.length, p.concat([table, none(Number(table.shape[1]))], 0));
      summed = undefined;
    },
    contribute: (part) => parts.push(p.reshape(part, [...part.shape, 1])),
    add: (a, magnitude, offset, gap) => {
      if (offset === undefined && gap === undefined) return;
      const size = staticSize(a.shape.slice(1));
      const slack = dotSlack(p, rounding, size, offset, gap);
      if (offset !== undefined) parts.push(dot(p, a, offset));
      // The sign is that of a vector: rows are many.
      parts.push(dot(p, magnitude, p.neg(gap === undefined ? slack : p.add(gap, slack))));
      losses.number += 4 * (size + 2);
    },
    // A total may be taken before the last contribution.
    total: () => {
      summed = sumsOf(p, parts, summed);
      return total(p, rounding, summed, losses);
    },
  };
}

/** Of the first `parts` contributions, which are `terms` numbers a row: their sum and that of their magnitudes, [rows, 1]. */
type Sums = { readonly parts: number; readonly terms: number; readonly sum: Value; readonly size: Value };

/** @param before sums of the first of them, to which the others are added: rounding of sums is bounded in any order */
function sumsOf(p: Program, parts: readonly Value[], before: Sums | undefined): Sums {
  if (before?.parts === parts.length) return before;
  const table = p.concat(parts.slice(before?.parts ?? 0), 1);
  const added = (earlier: Value | undefined, more: Value) =>
    p.reduceSum(earlier === undefined ? more : p.concat([earlier, more], 1), [1]);
  return {
    parts: parts.length,
    terms: (before?.terms ?? 0) + Number(table.shape[1]),
    sum: added(before?.sum, table),
    size: added(before?.size, p.abs(table)),
  };
}

/** Not negative. */
type Losses = {
  /** In units. */
  readonly vectors: Value[];
  /** The sum of all others, in underflows. */
  number: number;
};

/** Underflows that are counted as one, so that many for each of the greatest magnitudes do not overflow. */
const unit = 2 ** 16;

/** Sums of more terms are cut into blocks: their rounding grows with the length of a block and the number of blocks. */
const greatestBlock = 1024;

const isCut = (size: number): boolean => size > greatestBlock;
/** A divisor of the size near its root where there is one, else a power of two, which takes padding. */
function blockLength(size: number): number {
  const root = Math.sqrt(size);
  for (let length = Math.ceil(root); length <= 4 * root; length++) if (size % length === 0) return length;
  return 2 ** Math.ceil(Math.log2(root));
}

/** Roundings behind one element of `dot`. */
const dotRoundings = (size: number): number =>
  isCut(size) ? blockLength(size) + Math.ceil(size / blockLength(size)) + 2 : size + 1;

/** What both dot products of one entry may lose, in units of |a|: gamma (|offset| + |gap|), and its own rounding. */
function dotSlack(
  p: Program,
  rounding: Rounding,
  size: number,
  offset: Value | undefined,
  gap: Value | undefined,
): Value {
  const sizes = [offset, gap].flatMap((vector) => (vector === undefined ? [] : [p.abs(vector)]));
  const sum = sizes.reduce((one, other) => p.add(one, other));
  // What underflows here, or did in a gap, coefficients may make large again. Far more than 4 underflows, so that products with
  // coefficients are no subnormal numbers, with which processors are a hundred times slower.
  return p.add(p.mul(sum, rounding.program(2 * dotRoundings(size) + 16)), 2 ** 26 * rounding.ownUnderflow);
}

/** a . v for every row: [rows, ...y] and v that broadcasts to y -> [rows, 1]. */
function dot(p: Program, a: Value, v: Value): Value {
  const [rows = 1, ...y] = a.shape;
  const size = staticSize(y);
  if (!isCut(size)) {
    const vector = p.reshape(expanded(p, v, y), [size, 1]);
    return p.matmul(p.reshape(a, [rows, size]), vector);
  }
  const length = blockLength(size);
  const products = p.reshape(p.mul(a, v), [rows, size]);
  const missing = (length - (size % length)) % length;
  const padded = p.pad(products, [0, 0], [0, missing], 0);
  const blocks = p.reduceSum(p.reshape(padded, [rows, (size + missing) / length, length]), [2]);
  return p.reshape(p.reduceSum(blocks, [1]), [rows, 1]);
}

/** A vector in the full shape of y. */
function expanded(p: Program, v: Value, y: Value['shape']): Value {
  const size = (dims: Value['shape']) => staticSize(dims);
  if (size(v.shape) === size(y)) return v;
  return p.add(v, p.cast(p.constant(zeros('float32', y.map(Number))), v.dtype));
}

function total(p: Program, rounding: Rounding, { terms, sum, size }: Sums, losses: Losses): Value {
  const slack = p.add(p.mul(size, rounding.program(2 * terms + 8)), lostTo(p, rounding, losses));
  const bound = p.reshape(p.sub(sum, slack), sum.shape.slice(0, 1));
  const known: Interval = { lower: bound, upper: bound };
  return p.where(finite(p, known), bound, -Infinity);
}

/** [1], rounded up, with room for a product that underflows itself. The sum comes before the unit: products with it would be subnormal. */
function lostTo(p: Program, rounding: Rounding, { vectors, number }: Losses): Value {
  const own = p.reshape(p.scalar(rounding.dtype, 1.001 * (number + 8) * rounding.ownUnderflow), [1]);
  if (vectors.length === 0) return own;
  const all = p.concat(vectors, 0);
  const sum = p.reshape(p.reduceSum(all, [0]), [1]);
  const most = 1 + 2 * rounding.program(staticSize(all.shape) + 9);
  return p.add(p.mul(sum, most * unit * rounding.ownUnderflow), own);
}
