// How far an input lies from another one, in the norms that reports name. Computed in float64 on the float32 elements.

export type Distances = {
  /** Greatest change of one element. */
  readonly linf: number;
  /** Euclidean. */
  readonly l2: number;
  /** Sum of all changes. */
  readonly l1: number;
  /** Elements that differ. */
  readonly l0: number;
};

/**
 * Elements that are the same number, or NaN on both sides, have not changed; what changed to NaN makes linf, l2 and l1 NaN.
 * @param seed as many elements as `input`
 * @throws RangeError where there are more or fewer
 */
export function distances(input: ArrayLike<number>, seed: ArrayLike<number>): Distances {
  if (input.length !== seed.length)
    throw new RangeError(`${input.length} elements against ${seed.length} of the seed`);
  let [linf, squares, l1, l0] = [0, 0, 0, 0];
  for (let at = 0; at < input.length; at++) {
    const [value = 0, before = 0] = [input[at], seed[at]];
    if (value === before || (Number.isNaN(value) && Number.isNaN(before))) continue;
    const change = Math.abs(value - before);
    // Math.max passes NaN on.
    linf = Math.max(linf, change);
    squares += change * change;
    l1 += change;
    l0++;
  }
  return { linf, l2: Math.sqrt(squares), l1, l0 };
}
