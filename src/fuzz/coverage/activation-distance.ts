// TensorFuzz (Odena et al., arXiv 1807.10875): an input is new when no activation of the corpus is near its own.
import { float32 } from '../../base/tensor.js';
import type { CoverageCriterion, CoverageState } from './criterion.js';

const name = 'activation-distance';
const corpusInput = `${name}:corpus`;
const thresholdInput = `${name}:squared-threshold`;

/**
 * Exact nearest neighbour as one product: |a - c|^2 = |a|^2 + [a, 1] . [-2 c, |c|^2], so the corpus is fed as the matrix
 * [k + 1, entries] with columns (-2 c, |c|^2). Cancellation costs some digits of small distances, none of the verdicts.
 */
export const activationDistance: CoverageCriterion = {
  name,
  encode(p, { output }) {
    const activations = p.mergeInto(p.cast(output.value, 'float32'), 1);
    const [rows, width] = activations.shape;
    if (rows === undefined || typeof width !== 'number') return undefined;
    const corpus = p.input(corpusInput, 'float32', [width + 1, 'entries']);
    const extended = p.concat([activations, p.fillLike(p.slice(activations, 1, 0, 1), 1)], 1);
    const nearest = p.reduceMin(p.matmul(extended, corpus), [1]);
    const squared = p.add(p.reduceSum(p.mul(activations, activations), [1]), nearest);
    return {
      novelty: p.reshape(p.sub(squared, p.input(thresholdInput, 'float32', [])), [rows]),
      profile: activations,
    };
  },
  createState: (seeds, width) => createState(seeds, width),
};

function createState(seeds: Float32Array, width: number): CoverageState {
  const entries = new Entries(width);
  for (let at = 0; at < seeds.length; at += width) entries.add(seeds.subarray(at, at + width));
  const threshold = calibrate(entries);
  let kept = 0;
  return {
    feeds: () => ({ [corpusInput]: entries.matrix(), [thresholdInput]: float32([threshold], []) }),
    keep(profile) {
      if (!(entries.nearest(profile, entries.count) > threshold)) return false;
      entries.add(profile);
      kept++;
      return true;
    },
    summary: () => ({ criterion: name, kept, covered: null }),
  };
}

/** Squared median distance between neighbouring seeds; a hundredth of the activation's size where there is one seed only. */
function calibrate(entries: Entries): number {
  const sample = Math.min(entries.count, 256);
  const distances = Array.from({ length: sample }, (_, at) => entries.nearest(entries.row(at), sample, at));
  const positive = distances.filter((distance) => distance > 0 && Number.isFinite(distance)).sort((a, b) => a - b);
  const median = positive[positive.length >> 1];
  return median ?? 1e-4 * (1 + entries.row(0).reduce((sum, value) => sum + value * value, 0));
}

/** Activations of the corpus, growing. */
class Entries {
  count = 0;
  #rows: Float32Array;

  constructor(readonly width: number) {
    this.#rows = new Float32Array(64 * width);
  }

  add(row: Float32Array): void {
    if ((this.count + 1) * this.width > this.#rows.length) {
      const grown = new Float32Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows.set(row, this.count++ * this.width);
  }

  row(at: number): Float32Array {
    return this.#rows.subarray(at * this.width, (at + 1) * this.width);
  }

  /** Squared distance to the nearest of the first `count` entries, `except` left out; NaN where the row is not finite. */
  nearest(row: Float32Array, count: number, except = -1): number {
    let least = Infinity;
    for (let entry = 0; entry < count; entry++) {
      if (entry === except) continue;
      let squared = 0;
      for (let at = 0; at < this.width; at++) {
        const difference = (row[at] ?? 0) - (this.#rows[entry * this.width + at] ?? 0);
        squared += difference * difference;
      }
      least = Math.min(least, squared);
    }
    return least;
  }

  matrix() {
    const data = new Float32Array((this.width + 1) * this.count);
    for (let entry = 0; entry < this.count; entry++) {
      let squared = 0;
      for (let at = 0; at < this.width; at++) {
        const value = this.#rows[entry * this.width + at] ?? 0;
        data[at * this.count + entry] = -2 * value;
        squared += value * value;
      }
      data[this.width * this.count + entry] = squared;
    }
    return float32(data, [this.width + 1, this.count]);
  }
}
