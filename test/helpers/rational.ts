// Exact rational numbers, and with them the least excess of a perceptron of one input over an interval: an oracle without any rounding.
import type { Dense } from './mlps.js';

export type Rational = { readonly n: bigint; readonly d: bigint };

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

function ratio(n: bigint, d: bigint): Rational {
  const common = gcd(n, d) || 1n;
  return d < 0n ? { n: -n / common, d: -d / common } : { n: n / common, d: d / common };
}

/** Of a finite float64, exactly. */
export function rational(value: number): Rational {
  let [scaled, shift] = [value, 0n];
  while (!Number.isInteger(scaled)) [scaled, shift] = [scaled * 2, shift + 1n];
  return ratio(BigInt(scaled), 1n << shift);
}

const zero = rational(0);
export const plus = (a: Rational, b: Rational): Rational => ratio(a.n * b.d + b.n * a.d, a.d * b.d);
export const times = (a: Rational, b: Rational): Rational => ratio(a.n * b.n, a.d * b.d);
export const minus = (a: Rational, b: Rational): Rational => plus(a, { n: -b.n, d: b.d });
export const isLess = (a: Rational, b: Rational): boolean => a.n * b.d < b.n * a.d;

/** Values at ascending points; affine in between. */
type Column = readonly Rational[];

/** Points where values change sign are put in, so that rectified values are affine in between, too. */
function withZeros(columns: readonly Column[], of: (column: Column) => readonly Rational[]): Column[] {
  return columns.flatMap((column, at): Column[] => {
    const before = columns[at - 1];
    if (before === undefined) return [column];
    const [a, b] = [of(before), of(column)];
    const shares = a.flatMap((from, i): Rational[] => {
      const to = b[i] ?? zero;
      if (from.n === 0n || to.n === 0n || from.n < 0n === to.n < 0n) return [];
      const whole = minus(from, to);
      return [ratio(from.n * whole.d, from.d * whole.n)];
    });
    shares.sort((x, y) => (isLess(x, y) ? -1 : 1));
    const between = (share: Rational) =>
      column.map((value, i) => plus(before[i] ?? zero, times(share, minus(value, before[i] ?? zero))));
    return [...shares.map(between), column];
  });
}

const dense = ({ weight, bias }: Dense, column: Column): Column => {
  const outputs = weight.shape[1] ?? 0;
  return Array.from({ length: outputs }, (_, y) =>
    column.reduce(
      (sum, value, z) => plus(sum, times(rational(weight.data[z * outputs + y] ?? 0), value)),
      rational(bias?.data[y] ?? 0),
    ),
  );
};

export type ExactRow = {
  readonly outputs: readonly (readonly [index: number, coefficient: number])[];
  readonly inputs: readonly (readonly [index: number, coefficient: number])[];
  readonly bound: number;
};

/** Of the greatest excess over rows the least, over lower <= x <= upper. */
export function leastExcessOf(
  layers: readonly Dense[],
  [lower, upper]: readonly [number, number],
  rows: readonly ExactRow[],
): Rational {
  // The input goes along in front.
  let columns: Column[] = [[rational(lower)], [rational(upper)]].map(([x = zero]) => [x, x]);
  layers.forEach((layer, depth) => {
    columns = columns.map(([x = zero, ...values]) => [x, ...dense(layer, values)]);
    if (depth === layers.length - 1) return;
    columns = withZeros(columns, (column) => column.slice(1)).map(([x = zero, ...values]) => [
      x,
      ...values.map((value) => (value.n < 0n ? zero : value)),
    ]);
  });
  const excesses = columns.map(([x = zero, ...y]) =>
    rows.map(({ outputs, inputs, bound }) =>
      [
        ...outputs.map(([i, c]) => [y[i] ?? zero, c] as const),
        ...inputs.map(([, c]) => [x, c] as const),
      ].reduce((sum, [value, c]) => plus(sum, times(rational(c), value)), rational(-bound)),
    ),
  );
  const differences = (column: Column) =>
    column.flatMap((a, i) => column.slice(i + 1).map((b) => minus(a, b)));
  const greatest = withZeros(excesses, differences).map((column) =>
    column.reduce((most, value) => (isLess(most, value) ? value : most)),
  );
  return greatest.reduce((least, value) => (isLess(value, least) ? value : least));
}
