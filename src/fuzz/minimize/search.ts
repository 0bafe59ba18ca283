// What all steps of minimising share: the question asked of candidates, and how an answer is believed.
import type { Deadline } from '../../base/deadline.js';

/** Whether inputs violate. Rounding may differ with the batch size, so that the two may disagree near the boundary. */
export type Predicate = {
  /** @param inputs [rows, size], row after row; one boolean per row */
  violates(inputs: Float32Array): Promise<readonly boolean[]>;
  /** At batch size 1: decides. */
  confirms(input: Float32Array): Promise<boolean>;
};

export type Search = {
  readonly seed: Float32Array;
  readonly predicate: Predicate;
  /** Per element 1 where only whole numbers are valid; undefined where that is so nowhere. */
  readonly integer: Uint8Array | undefined;
  readonly deadline: Deadline;
  readonly rowsPerCall: number;
};

/** Which of some candidates violate; none after the deadline. */
export async function violating(
  { predicate, seed, rowsPerCall, deadline }: Search,
  count: number,
  candidate: (at: number) => Float32Array,
): Promise<number[]> {
  const found: number[] = [];
  for (let from = 0; from < count && !deadline.expired(); from += rowsPerCall) {
    const rows = Math.min(rowsPerCall, count - from);
    const inputs = new Float32Array(rows * seed.length);
    for (let row = 0; row < rows; row++) inputs.set(candidate(from + row), row * seed.length);
    (await predicate.violates(inputs)).forEach((violated, row) => {
      if (violated) found.push(from + row);
    });
  }
  return found;
}

/** The first of some candidates that is confirmed; those are asked in the order given. */
export async function firstConfirmed(
  { predicate, deadline }: Search,
  candidates: readonly number[],
  candidate: (at: number) => Float32Array,
): Promise<number | undefined> {
  for (const at of candidates) {
    if (deadline.expired()) return undefined;
    if (await predicate.confirms(candidate(at))) return at;
  }
  return undefined;
}
