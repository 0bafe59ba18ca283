// Likelihood-based surprise (LSA: Kim et al., arXiv 1808.08444, section 3.2): the negative logarithm of a kernel density estimate of
// the trace, among references of the same class. Gaussian kernels with Scott's bandwidth per neuron (Scott, Multivariate
// Density Estimation, 1992, section 6.3); as in the paper, neurons that hardly vary are left out.
import { float32 } from '../../base/tensor.js';
import type { CalibratedCriterion } from './calibrated.js';
import type { Given } from './options.js';
import { distanceColumns, squaredDistance } from './profile-table.js';
import { nothingAlike, type SurpriseKind, surpriseCriterion, type surpriseOptions } from './surprise.js';
import type { References } from './traces.js';

/** Kim et al., section 3.2: the threshold on the variance of neurons. */
const leastVariance = 1e-5;
/** Logarithm of the weight of references of other classes. */
const excluded = -1e30;

const kind: SurpriseKind = {
  name: 'likelihood-surprise',
  encode(p, { traces, classes, chosen }, input) {
    const scaled = p.mul(traces, input('scale', [1, chosen]));
    const columns = input('columns', [chosen + 1, 'references']);
    const extended = p.concat([scaled, p.fillLike(classes, 1)], 1);
    const squared = p.add(p.reduceSum(p.mul(scaled, scaled), [1]), p.matmul(extended, columns));
    const logs = p.sub(input('log-weights', [1, 'references']), p.mul(p.relu(squared), 0.5));
    const alike = p.where(p.equal(classes, input('classes', [1, 'references'])), logs, excluded);
    const most = p.reduceMax(alike, [1]);
    const density = p.add(most, p.log(p.reduceSum(p.exp(p.sub(alike, most)), [1])));
    return p.neg(density);
  },
  fit(references) {
    const { classes, count, chosen, rows } = references;
    const scale = scaleOf(references);
    const scaled = rows.map((value, at) => value * (scale[at % chosen] ?? 0));
    const logWeights = logWeightsOf(classes, scale);
    return {
      feeds: {
        scale: float32(scale, [1, chosen]),
        columns: float32(distanceColumns(scaled, count, chosen), [chosen + 1, count]),
        'log-weights': float32(logWeights, [1, count]),
        classes: float32(Float32Array.from(classes), [1, count]),
      },
      surprise(trace, except = -1) {
        const values = trace.values.map((value, at) => value * (scale[at] ?? 0));
        const logs: number[] = [];
        for (let at = 0; at < count; at++) {
          if (classes[at] === trace.class && at !== except)
            logs.push((logWeights[at] ?? 0) - squaredDistance(values, scaled, at * chosen) / 2);
        }
        return logs.length === 0 ? nothingAlike : -logSumExp(logs);
      },
    };
  },
};

/** One over the bandwidth of each neuron, 0 for those that hardly vary. */
function scaleOf({ variances, count }: References): Float32Array {
  const varying = variances.filter((variance) => variance > leastVariance).length;
  const factor = count ** (-1 / (varying + 4));
  return Float32Array.from(variances, (variance) =>
    variance > leastVariance ? 1 / (factor * Math.sqrt(variance)) : 0,
  );
}

/** Logarithm of the greatest density of each reference's kernel, over the number of references of its class. */
function logWeightsOf(classes: Int32Array, scale: Float32Array): Float32Array {
  const perClass = new Map<number, number>();
  for (const label of classes) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  const heights = scale
    .filter((value) => value > 0)
    .reduce((sum, value) => sum + Math.log(value / Math.sqrt(2 * Math.PI)), 0);
  return Float32Array.from(classes, (label) => heights - Math.log(perClass.get(label) ?? 1));
}

function logSumExp(logs: readonly number[]): number {
  const most = logs.reduce((a, b) => Math.max(a, b));
  return most + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

export const likelihoodSurprise = (given: Given<typeof surpriseOptions> = {}): CalibratedCriterion =>
  surpriseCriterion(kind, given);
