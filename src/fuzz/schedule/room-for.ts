// Typed arrays that grow with the corpus: doubled, so that growing costs O(1) per entry.

/** The array itself, or a copy with room for `length` elements and as many again; the new ones are 0. */
export function roomFor(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const grown = new Int32Array(2 * length);
  grown.set(array);
  return grown;
}
