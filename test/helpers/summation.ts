// Dot products as a float32 kernel might compute them: any order, with and without fused multiply-add.

/** acc + w x. Fused: w x is exact in float64; the sum rounds twice, which is within an ulp of float64 of one rounding. */
type Step = (acc: number, w: number, x: number) => number;
const separate: Step = (acc, w, x) => Math.fround(acc + Math.fround(w * x));
const fused: Step = (acc, w, x) => Math.fround(acc + w * x);

type Terms = readonly (readonly [w: number, x: number])[];

const sequential = (terms: Terms, start: number, step: Step): number =>
  terms.reduce((acc, [w, x]) => step(acc, w, x), start);

function pairwise(terms: Terms, step: Step): number {
  if (terms.length <= 2) return sequential(terms, 0, step);
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

/** w . x + bias in many orders. */
export function dotProducts(
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  bias: number,
  uniform: () => number,
): number[] {
  const terms = Array.from(w, (weight, at) => [weight, x[at] as number] as const);
  const orders = [terms, [...terms].reverse(), shuffled(terms, uniform), shuffled(terms, uniform)];
  return [separate, fused].flatMap((step) => [
    ...orders.map((order) => sequential(order, bias, step)),
    ...orders.map((order) => Math.fround(sequential(order, 0, step) + bias)),
    Math.fround(pairwise(terms, step) + bias),
    Math.fround(blocked(terms, 4, step) + bias),
    Math.fround(blocked(terms, 16, step) + bias),
  ]);
}
