// Distance-based surprise (DSA: Kim et al., arXiv 1808.08444, section 3.3): how far the trace is from the nearest reference of the
// same class, over how far that one is from the nearest of another class. Above 1 the input is nearer to the border than the
// data are to each other. Needs references of two classes; without them nothing is new.
import { float32 } from '../../base/tensor.js';
import type { CalibratedCriterion } from './calibrated.js';
import type { Given } from './options.js';
import { distanceColumns, squaredDistance } from './profile-table.js';
import { nothingAlike, type SurpriseKind, surpriseCriterion, type surpriseOptions } from './surprise.js';
import type { References } from './traces.js';

const farAway = -1e30;

const kind: SurpriseKind = {
  name: 'distance-surprise',
  encode(p, { traces, classes, chosen, rows }, input) {
    const columns = input('columns', [chosen + 1, 'references']);
    const extended = p.concat([traces, p.fillLike(classes, 1)], 1);
    const squared = p.add(p.reduceSum(p.mul(traces, traces), [1]), p.matmul(extended, columns));
    const same = p.equal(classes, input('classes', [1, 'references']));
    const nearness = p.where(same, p.neg(p.relu(squared)), farAway);
    const nearest = p.argMax(nearness, 1);
    const toOthers = p.gather(input('to-others', ['references']), nearest, 0);
    return p.div(p.sqrt(p.neg(p.reduceMax(nearness, [1]))), p.reshape(toOthers, [rows, 1]));
  },
  fit(references) {
    const { rows, classes, count, chosen } = references;
    const toOthers = distancesToOthers(references);
    return {
      feeds: {
        columns: float32(distanceColumns(rows, count, chosen), [chosen + 1, count]),
        classes: float32(Float32Array.from(classes), [1, count]),
        'to-others': float32(toOthers),
      },
      surprise(trace, except = -1) {
        const { at, distance } = nearest(
          trace.values,
          references,
          (other, label) => other !== except && label === trace.class,
        );
        return at < 0 || toOthers[at] === 0 ? nothingAlike : distance / (toOthers[at] ?? 0);
      },
    };
  },
};

/** Of each reference to the nearest of another class; 0, which makes everything infinitely surprising, where there is none. */
function distancesToOthers(references: References): Float32Array {
  const { rows, classes, chosen } = references;
  return Float32Array.from(classes, (label, from) => {
    const row = rows.subarray(from * chosen, (from + 1) * chosen);
    const { at, distance } = nearest(row, references, (_, other) => other !== label);
    return at < 0 ? 0 : distance;
  });
}

function nearest(
  row: Float32Array,
  { rows, classes, count, chosen }: References,
  counts: (at: number, label: number) => boolean,
): { readonly at: number; readonly distance: number } {
  let best = { at: -1, squared: Infinity };
  for (let at = 0; at < count; at++) {
    if (!counts(at, classes[at] ?? 0)) continue;
    const squared = squaredDistance(row, rows, at * chosen);
    if (squared < best.squared) best = { at, squared };
  }
  return { at: best.at, distance: Math.sqrt(best.squared) };
}

export const distanceSurprise = (given: Given<typeof surpriseOptions> = {}): CalibratedCriterion =>
  surpriseCriterion(kind, given);
