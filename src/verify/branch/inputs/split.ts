// Along which inputs a box is cut in two.

/** The two halves of one input's interval: they meet in one float32, which both have. */
export type Cut = { readonly input: number; readonly at: number };

/**
 * Up to two candidates: the input that moves the rows most (|coefficient| times width), and the one that is widest against
 * the whole box. Neither wins everywhere (DESIGN section 4), so both pairs of halves are bounded, and the better one is kept.
 * @returns none where every interval holds two float32 at most
 */
export function candidates(
  lower: Float32Array,
  upper: Float32Array,
  coefficients: Float32Array,
  whole: Float32Array,
): Cut[] {
  const inputs = lower.length;
  const rows = coefficients.length / inputs;
  let [strongest, strength, longest, length] = [-1, 0, -1, 0];
  for (let i = 0; i < inputs; i++) {
    const width = (upper[i] ?? 0) - (lower[i] ?? 0);
    const at = middle(lower[i] ?? 0, upper[i] ?? 0);
    if (!(at > (lower[i] ?? 0) && at < (upper[i] ?? 0))) continue;
    let influence = 0;
    for (let row = 0; row < rows; row++)
      influence = Math.max(influence, Math.abs(coefficients[row * inputs + i] ?? 0) * width);
    if (strongest < 0 || influence > strength) [strongest, strength] = [i, influence];
    const share = width / (whole[i] ?? width);
    if (share > length) [longest, length] = [i, share];
  }
  const chosen = strongest === longest ? [strongest] : [strongest, longest];
  return chosen
    .filter((input) => input >= 0)
    .map((input) => ({ input, at: middle(lower[input] ?? 0, upper[input] ?? 0) }));
}

const middle = (low: number, high: number): number => Math.fround(low / 2 + high / 2);
