// Mahalanobis surprise (MDSA: Kim et al., arXiv 2006.00894; Weiss et al., arXiv 2103.05939): the distance of the trace from the mean
// of the references in units of their covariance, whatever the class. Much cheaper than the other kinds, whose cost grows
// with the number of references.
import { float32 } from '../../base/tensor.js';
import type { CalibratedCriterion } from './calibrated.js';
import type { Given } from './options.js';
import { type SurpriseKind, surpriseCriterion, type surpriseOptions } from './surprise.js';
import type { References } from './traces.js';

/**
 * Share of the mean variance that is added to every variance: with fewer references than neurons the covariance has no inverse
 * (a ridge, as in Ledoit and Wolf, 2004).
 */
const ridge = 1e-3;

const kind: SurpriseKind = {
  name: 'mahalanobis-surprise',
  encode(p, { traces, chosen }, input) {
    const whitened = p.matmul(traces, input('whitening', [chosen, chosen]));
    return p.sqrt(p.reduceSum(p.mul(whitened, whitened), [1]));
  },
  fit(references) {
    const { chosen } = references;
    const whitening = whiteningOf(references);
    return {
      feeds: { whitening: float32(whitening, [chosen, chosen]) },
      surprise({ values }) {
        const whitened = new Float64Array(chosen);
        values.forEach((value, row) => {
          for (let column = row; column < chosen; column++)
            whitened[column] = (whitened[column] ?? 0) + value * (whitening[row * chosen + column] ?? 0);
        });
        return Math.sqrt(whitened.reduce((sum, value) => sum + value * value, 0));
      },
    };
  },
};

/** W, upper triangular, with W W^T the inverse of the covariance: the inverse of its Cholesky factor, transposed. */
function whiteningOf(references: References): Float32Array {
  const { chosen } = references;
  const factor = cholesky(covariance(references), chosen);
  const whitening = new Float32Array(chosen * chosen);
  // Column by column of the inverse of the lower triangular factor.
  for (let column = 0; column < chosen; column++) {
    const solved = new Float64Array(chosen);
    for (let row = column; row < chosen; row++) {
      let rest = row === column ? 1 : 0;
      for (let at = column; at < row; at++) rest -= (factor[row * chosen + at] ?? 0) * (solved[at] ?? 0);
      solved[row] = rest / (factor[row * chosen + row] ?? 1);
      whitening[column * chosen + row] = solved[row] ?? 0;
    }
  }
  return whitening;
}

function covariance({ rows, count, chosen, variances }: References): Float64Array {
  const sums = new Float64Array(chosen * chosen);
  for (let row = 0; row < count; row++) {
    for (let a = 0; a < chosen; a++) {
      const left = rows[row * chosen + a] as number;
      if (left === 0) continue;
      for (let b = 0; b <= a; b++)
        sums[a * chosen + b] = (sums[a * chosen + b] as number) + left * (rows[row * chosen + b] as number);
    }
  }
  const mean = variances.reduce((sum, variance) => sum + variance, 0) / Math.max(chosen, 1);
  const added = ridge * mean || 1;
  return sums.map((sum, at) => sum / count + (at % (chosen + 1) === 0 ? added : 0));
}

/** Lower triangular L with L L^T = the matrix, of which the lower triangle is read. */
function cholesky(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column] as number;
      for (let at = 0; at < column; at++)
        rest -= (factor[row * size + at] as number) * (factor[column * size + at] as number);
      factor[row * size + column] =
        row === column ? Math.sqrt(rest) : rest / (factor[column * size + column] as number);
    }
  }
  return factor;
}

export const mahalanobisSurprise = (given: Given<typeof surpriseOptions> = {}): CalibratedCriterion =>
  surpriseCriterion(kind, given);
