// Directions of feature vectors, which is what cosine distances compare.

/** Without a direction there is no distance to others, not even to one's like. */
export type NoDirection = 'zero' | 'non-finite';

/** A copy of length one. Squares of float32 numbers overflow in float32 only, not here. */
export function directionOf(features: Float32Array): Float32Array | NoDirection {
  let squares = 0;
  for (const value of features) squares += value * value;
  if (!Number.isFinite(squares)) return 'non-finite';
  if (squares === 0) return 'zero';
  const length = Math.sqrt(squares);
  return features.map((value) => value / length);
}

/** 1 - cos, 0 to 2, of two directions, the second of which starts at `at`; rounding adds about 1e-7. */
export function cosineDistance(direction: Float32Array, others: Float32Array, at = 0): number {
  let dot = 0;
  for (let i = 0; i < direction.length; i++) dot += (direction[i] as number) * (others[at + i] as number);
  return 1 - dot;
}
