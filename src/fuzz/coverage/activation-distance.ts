// TensorFuzz (Odena et al., arXiv 1807.10875): an input is new when no activation of the corpus is near its own.
import { float32 } from '../../base/tensor.js';
import type { CoverageCriterion, CoverageState, Start } from './criterion.js';

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
  createState,
};

function createState(start: Start): CoverageState {
  const { seeds, width } = start;
  const entries = new Entries(width);
  for (let at = 0; at < seeds.length; at += width) {
    const row = seeds.subarray(at, at + width);
    if (Number.isFinite(squaredLength(row))) entries.add(row);
  }
  const seedCount = entries.count;
  // What the rounding of the distance itself amounts to is no distance.
  const least = (width + 2) * 2 ** -23 * entries.greatestSquare();
  let threshold = Math.max(calibrate(start), least);
  let keptBefore = 0;
  return {
    snapshot() {
      const kept = entries.count - seedCount;
      threshold = Math.max(threshold * adjustment(kept - keptBefore), least);
      keptBefore = kept;
      return { kept, feeds: { [corpusInput]: entries.matrix(), [thresholdInput]: float32([threshold], []) } };
    },
    keep(profile, screenedBy) {
      if (!(entries.nearest(profile, seedCount + screenedBy.kept) > threshold)) return false;
      entries.add(profile);
      return true;
    },
    summary: () => ({ criterion: name, kept: entries.count - seedCount, covered: null }),
  };
}

/**
 * Factor on the squared threshold after a round that kept so many: a corpus of everything is as useless as an empty one.
 * The dynamic threshold of novelty search (Lehman and Stanley, Abandoning Objectives, 2011, section 4.2).
 */
function adjustment(keptInRound: number): number {
  if (keptInRound > mostKeptPerRound) return 1.3;
  return keptInRound === 0 ? 0.98 : 1;
}

const mostKeptPerRound = 4;

/**
 * Squared distance that nine in ten mutations of a seed stay within: what is farther away than that from everything known
 * is not the usual effect of a mutation. The paper leaves its threshold to the user.
 */
function calibrate({ seeds, mutants, width }: Start): number {
  const distances: number[] = [];
  for (let at = 0; at < seeds.length; at += width) {
    const squared = squaredDistance(seeds.subarray(at, at + width), mutants, at);
    if (Number.isFinite(squared)) distances.push(squared);
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(0.9 * distances.length)] ?? 0;
}

/** As float32: distances to a row for which it overflows cannot be computed in the graph. */
const squaredLength = (row: Float32Array): number =>
  Math.fround(row.reduce((sum, value) => sum + value * value, 0));

/** To the row of `rows` that starts at `from`; NaN where either is not finite. */
function squaredDistance(row: Float32Array, rows: Float32Array, from: number): number {
  let squared = 0;
  for (let at = 0; at < row.length; at++) {
    const difference = (row[at] as number) - (rows[from + at] as number);
    squared += difference * difference;
  }
  return squared;
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

  /** Squared distance to the nearest entry from number `first` on; NaN where the row is not finite. */
  nearest(row: Float32Array, first: number): number {
    let least = Infinity;
    for (let entry = first; entry < this.count; entry++) {
      least = Math.min(least, squaredDistance(row, this.#rows, entry * this.width));
    }
    return least;
  }

  greatestSquare(): number {
    let greatest = 0;
    for (let at = 0; at < this.count * this.width; at += this.width) {
      greatest = Math.max(greatest, squaredLength(this.#rows.subarray(at, at + this.width)));
    }
    return greatest;
  }

  matrix() {
    // Everything is far from an empty corpus; a matrix without columns has no minimum.
    if (this.count === 0) return float32([...new Array(this.width).fill(0), 1e38], [this.width + 1, 1]);
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
