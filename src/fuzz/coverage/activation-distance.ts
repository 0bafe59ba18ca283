// TensorFuzz (Odena et al., arXiv 1807.10875): an input is new when no activation of the corpus is near its own.
import { float32 } from '../../base/tensor.js';
import type { Encoding } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import type { CoverageCriterion, CoverageState, Start } from './criterion.js';
import { type DistanceMatrix, ProfileTable, squaredDistance } from './profile-table.js';

const name = 'activation-distance';
const parentsInput = `${name}:parents`;
const corpusInput = `${name}:corpus`;
const thresholdInput = `${name}:squared-threshold`;

/**
 * Screening asks only how far a child is from its parent, which is in the corpus: most children stay near it and are not new,
 * whatever else the corpus holds. The rest are compared with all of it, exactly, as one product:
 * |a - c|^2 = |a|^2 + [a, 1] . [-2 c, |c|^2], with the corpus as the matrix [k + 1, entries] of columns (-2 c, |c|^2).
 */
export const activationDistance: CoverageCriterion = {
  name,
  screen(p, encoding, parent) {
    const activations = activationsOf(p, encoding);
    const [rows, width] = activations.shape;
    if (rows === undefined || typeof width !== 'number') return undefined;
    const parents = p.gather(p.input(parentsInput, 'float32', ['parents', width]), parent, 0);
    const difference = p.sub(activations, parents);
    const squared = p.reshape(p.reduceSum(p.mul(difference, difference), [1]), [rows]);
    return p.sub(squared, threshold(p));
  },
  profile(p, encoding) {
    const activations = activationsOf(p, encoding);
    const [rows, width] = activations.shape;
    if (rows === undefined || typeof width !== 'number') return undefined;
    const corpus = p.input(corpusInput, 'float32', [width + 1, 'corpus']);
    const extended = p.concat([activations, p.fillLike(p.slice(activations, 1, 0, 1), 1)], 1);
    const nearest = p.reduceMin(p.matmul(extended, corpus), [1]);
    const squared = p.add(p.reduceSum(p.mul(activations, activations), [1]), nearest);
    return { novelty: p.sub(p.reshape(squared, [rows]), threshold(p)), profile: activations };
  },
  createState,
};

const threshold = (p: Program): Value => p.input(thresholdInput, 'float32', []);

const activationsOf = (p: Program, { output }: Encoding): Value =>
  p.mergeInto(p.cast(output.value, 'float32'), 1);

function createState(start: Start): CoverageState {
  const { seeds, width } = start;
  const table = new ProfileTable(width);
  for (let at = 0; at < seeds.length; at += width) table.add(seeds.subarray(at, at + width));
  let squaredThreshold = calibrate(start);
  let kept = 0;
  let keptBefore = 0;
  let matrix = table.distanceMatrix();
  let corpus = matrixFeed(matrix, width);
  return {
    snapshot() {
      squaredThreshold *= adjustment(kept - keptBefore);
      keptBefore = kept;
      if (table.distanceMatrix() !== matrix) {
        matrix = table.distanceMatrix();
        corpus = matrixFeed(matrix, width);
      }
      const feeds = { [thresholdInput]: float32([squaredThreshold], []) };
      return { feeds, table: corpus, size: matrix.count };
    },
    parentFeeds: (entries) => ({
      [parentsInput]: float32(table.rowsAt(entries), [entries.length, width]),
    }),
    // Not `<=`: a profile that is not finite is never new.
    isNew: (profile, { size }) => table.nearest(profile, size) > squaredThreshold,
    add(profile, wasNew) {
      table.add(profile);
      if (wasNew) kept++;
    },
    summary: () => ({ criterion: name, kept, covered: null }),
  };
}

const matrixFeed = ({ data, count }: DistanceMatrix, width: number): Feeds => ({
  [corpusInput]: float32(data, [width + 1, count]),
});

/**
 * Factor on the squared threshold after a round that kept so many: a corpus of everything is as useless as an empty one.
 * The dynamic threshold of novelty search (Lehman and Stanley, Abandoning Objectives, 2011, section 4.2).
 */
function adjustment(keptInRound: number): number {
  if (keptInRound > mostKeptPerRound) return 1.3;
  return keptInRound === 0 ? 0.98 : 1;
}

const mostKeptPerRound = 8;

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
