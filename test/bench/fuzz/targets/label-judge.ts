// Does a changed image still show what its seed showed? Judged by the nearest image of a labelled set, which shares nothing with the
// networks under test. Rough, but the same for every method that is compared.

/**
 * @param images [rows, size] row after row
 * @returns the label of the nearest image, by Euclidean distance
 */
export function nearestLabel(
  images: Float32Array,
  labels: ArrayLike<number>,
  size: number,
): (input: Float32Array) => number {
  return (input) => {
    let [best, label] = [Infinity, -1];
    for (let row = 0; row < labels.length; row++) {
      let distance = 0;
      for (let at = 0; at < size && distance < best; at++) {
        const change = (input[at] as number) - (images[row * size + at] as number);
        distance += change * change;
      }
      if (distance < best) [best, label] = [distance, labels[row] as number];
    }
    return label;
  };
}
