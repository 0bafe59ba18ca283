// Mean and covariance of the neurons of one layer, one input after the other (Welford; Chan et al., 1983), and how much one more
// input would add to the sum of the covariance's magnitudes.

export class Moments {
  count = 0;
  readonly mean: Float64Array;
  /** [width, width]: population covariance. */
  readonly covariance: Float64Array;

  constructor(readonly width: number) {
    this.mean = new Float64Array(width);
    this.covariance = new Float64Array(width * width);
  }

  /** What one more input does: covariance' = keep * covariance + gain * d d^T, d its difference from the mean. */
  get next(): { readonly keep: number; readonly gain: number } {
    const { count } = this;
    return { keep: count / (count + 1), gain: count / (count + 1) ** 2 };
  }

  add(values: ArrayLike<number>): void {
    const difference = this.#difference(values);
    const { covariance, width, next } = this;
    for (let row = 0; row < width; row++) {
      const scaled = next.gain * (difference[row] as number);
      for (let column = 0, at = row * width; column < width; column++, at++)
        covariance[at] = next.keep * (covariance[at] as number) + scaled * (difference[column] as number);
    }
    this.count++;
    for (let at = 0; at < width; at++)
      this.mean[at] = (this.mean[at] as number) + (difference[at] as number) / this.count;
  }

  /** Mean magnitude of the covariance's elements. */
  magnitude(): number {
    return this.covariance.reduce((sum, value) => sum + Math.abs(value), 0) / this.width ** 2;
  }

  /** How much `magnitude` would grow. */
  growth(values: ArrayLike<number>): number {
    const difference = this.#difference(values);
    const { covariance, width, next } = this;
    let growth = 0;
    for (let row = 0; row < width; row++) {
      const scaled = next.gain * (difference[row] as number);
      for (let column = 0, at = row * width; column < width; column++, at++) {
        const before = covariance[at] as number;
        growth += Math.abs(next.keep * before + scaled * (difference[column] as number)) - Math.abs(before);
      }
    }
    return growth / width ** 2;
  }

  #difference(values: ArrayLike<number>): Float64Array {
    return this.mean.map((mean, at) => (values[at] as number) - mean);
  }
}
