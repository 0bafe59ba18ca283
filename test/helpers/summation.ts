// Dot products as a float32 kernel might compute them: any order, with and without fused multiply-add.

/** acc + w x. Fused: w x is exact in float64; the sum rounds twice, which is within an ulp of float64 of one rounding. */
type Step = (acc: number, w: number, x: number) => number;
const separate: Step = (acc, w, x) => Math.fround(acc + Math.fround(w * x));
const fused: Step = (acc, w, x) => Math.fround(acc + w * x);

/** Some processors and libraries have no subnormal results. */
const flush = (value: number): number => (Math.abs(value) < 2 ** -126 ? 0 : value);
const flushed: Step = (acc, w, x) => flush(Math.fround(acc + flush(Math.fround(w * x))));

export type Terms = readonly (readonly [w: number, x: number])[];

/** The terms and the bias, summed up. */
export type Sum = (terms: Terms, bias: number, uniform: () => number) => number;

type Reduce = (terms: Terms, start: number, step: Step, uniform: () => number) => number;

const sequential: Reduce = (terms, start, step) => terms.reduce((acc, [w, x]) => step(acc, w, x), start);

function pairwise(terms: Terms, step: Step): number {
  if (terms.length <= 2) return terms.reduce((acc, [w, x]) => step(acc, w, x), 0);
  const half = terms.length >> 1;
  return Math.fround(pairwise(terms.slice(0, half), step) + pairwise(terms.slice(half), step));
}

/** `lanes` partial sums, as vector units have them, then their sum. */
function blocked(terms: Terms, lanes: number, step: Step): number {
  const sums = new Array<number>(lanes).fill(0);
  terms.forEach(([w, x], at) => {
    sums[at % lanes] = step(sums[at % lanes] as number, w, x);
  });
  return sums.reduce((total, part) => Math.fround(total + part), 0);
}

function shuffled(terms: Terms, uniform: () => number): Terms {
  return terms
    .map((term) => ({ term, key: uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ term }) => term);
}

/** By name; those with a start take the bias first or last. */
const reductions: Readonly<Record<string, Reduce>> = {
  sequential,
  reversed: (terms, start, step, uniform) => sequential(terms.toReversed(), start, step, uniform),
  random: (terms, start, step, uniform) => sequential(shuffled(terms, uniform), start, step, uniform),
  'random again': (terms, start, step, uniform) => sequential(shuffled(terms, uniform), start, step, uniform),
  pairwise: (terms, start, step) => Math.fround(start + pairwise(terms, step)),
  'blocked by 4': (terms, start, step) => Math.fround(start + blocked(terms, 4, step)),
  'blocked by 16': (terms, start, step) => Math.fround(start + blocked(terms, 16, step)),
};

const steps: Readonly<Record<string, Step>> = { '': separate, ', fused': fused, ', flushed': flushed };

/** By name. */
export const orders: ReadonlyMap<string, Sum> = new Map(
  Object.entries(steps).flatMap(([kind, step]) =>
    Object.entries(reductions).flatMap(([name, reduce]): [string, Sum][] => [
      [`${name}${kind}`, (terms, bias, uniform) => reduce(terms, bias, step, uniform)],
      [
        `${name}${kind}, bias last`,
        (terms, bias, uniform) => Math.fround(reduce(terms, 0, step, uniform) + bias),
      ],
    ]),
  ),
);

/** w . x + bias in many orders. */
export function dotProducts(
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  bias: number,
  uniform: () => number,
): number[] {
  const terms = Array.from(w, (weight, at) => [weight, x[at] as number] as const);
  return Array.from(orders.values(), (sum) => sum(terms, bias, uniform));
}
