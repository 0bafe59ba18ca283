// TensorFuzz (Odena et al., arXiv 1807.10875): an input is new when no activation of the corpus is near its own.
import { float32 } from '../../base/tensor.js';
import type { Encoding } from '../../ops/encoding.js';
import type { Dim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, type MeasurableState, rowsIn } from './calibrated.js';
import type { Start } from './criterion.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';
import { type DistanceMatrix, ProfileTable, squaredDistance } from './profile-table.js';

export const activationDistanceOptions = {
  threshold: {
    default: undefined,
    least: 0,
    greatest: 1e15,
    integer: false,
    meaning: 'new beyond this distance; default: what nine in ten mutants of seeds stay within, then adapted',
  },
} satisfies OptionRules;

/**
 * Screening asks only how far a child is from its parent, which is in the corpus: most children stay near it and are not new,
 * whatever else the corpus holds. Of the rest nine in ten are near to another entry of their seed. What is left is compared with all
 * of the corpus, exactly, as one product:
 * |a - c|^2 = |a|^2 + [a, 1] . [-2 c, |c|^2], with the corpus as the matrix [k + 1, entries] of columns (-2 c, |c|^2).
 */
export function activationDistance(given: Given<typeof activationDistanceOptions> = {}): CalibratedCriterion {
  const { threshold } = withDefaults(given, activationDistanceOptions);
  const name = nameOf('activation-distance', given, activationDistanceOptions);
  const inputs = inputsOf(name);
  const squaredThreshold = (p: Program) => p.input(inputs.threshold, 'float32', []);
  const squaredDistanceOf = (p: Program, { values, rows, width }: Activations): Value => {
    const corpus = p.input(inputs.corpus, 'float32', [width + 1, 'corpus']);
    const extended = p.concat([values, p.fillLike(p.slice(values, 1, 0, 1), 1)], 1);
    const nearest = p.reduceMin(p.matmul(extended, corpus), [1]);
    return p.reshape(p.add(p.reduceSum(p.mul(values, values), [1]), nearest), [rows]);
  };
  const calibrated = (start: Start) => createState(name, start, threshold);
  return {
    name,
    screen(p, encoding, parent) {
      const activations = activationsOf(p, encoding);
      if (activations === undefined) return undefined;
      const { values, rows, width } = activations;
      const parents = p.gather(p.input(inputs.parents, 'float32', ['parents', width]), parent, 0);
      const difference = p.sub(values, parents);
      const squared = p.reshape(p.reduceSum(p.mul(difference, difference), [1]), [rows]);
      return p.sub(squared, squaredThreshold(p));
    },
    profile(p, encoding) {
      const activations = activationsOf(p, encoding);
      if (activations === undefined) return undefined;
      const novelty = p.sub(squaredDistanceOf(p, activations), squaredThreshold(p));
      return { novelty, profile: activations.values };
    },
    compare(p, profile) {
      const [rows, width] = profile.shape;
      const known = { values: profile, rows: rows ?? 1, width: Number(width) };
      return p.sub(squaredDistanceOf(p, known), squaredThreshold(p));
    },
    score(p, encoding) {
      const activations = activationsOf(p, encoding);
      return activations && p.sqrt(p.relu(squaredDistanceOf(p, activations)));
    },
    // What is near to nothing has no distance: the seeds are always known.
    calibrate: calibrated,
    createState: calibrated,
  };
}

const inputsOf = (name: string) => ({
  parents: `${name}:parents`,
  corpus: `${name}:corpus`,
  threshold: `${name}:squared-threshold`,
});

/** Of the output, float32 [batch, width]. */
type Activations = { readonly values: Value; readonly rows: Dim; readonly width: number };

function activationsOf(p: Program, { output }: Encoding): Activations | undefined {
  const values = p.mergeInto(p.cast(output.value, 'float32'), 1);
  const [rows, width] = values.shape;
  return rows === undefined || typeof width !== 'number' ? undefined : { values, rows, width };
}

function createState(name: string, start: Start, threshold: number | undefined): MeasurableState {
  const { seeds, width } = start;
  const inputs = inputsOf(name);
  const table = new ProfileTable(width);
  for (const seed of rowsIn(seeds, width)) table.add(seed);
  const matrixFeeds = ({ data, count }: DistanceMatrix) => ({
    feeds: { [inputs.corpus]: float32(data, [width + 1, count]) },
    count,
    data,
  });
  let corpus = matrixFeeds(table.distanceMatrix());
  let squaredThreshold = threshold === undefined ? calibrate(start) : threshold ** 2;
  let [kept, keptBefore] = [0, 0];
  return {
    snapshot() {
      if (threshold === undefined) squaredThreshold *= adjustment(kept - keptBefore);
      keptBefore = kept;
      const matrix = table.distanceMatrix();
      if (matrix.data !== corpus.data) corpus = matrixFeeds(matrix);
      const feeds = { [inputs.threshold]: float32([squaredThreshold], []) };
      return { feeds, table: corpus.feeds, size: corpus.count };
    },
    parentFeeds: (entries) => ({
      [inputs.parents]: float32(table.rowsAt(entries), [entries.length, width]),
    }),
    isKnown(profile, { parent, siblings }, { size, feeds }) {
      const squared = Number(feeds[inputs.threshold]?.data[0]);
      const isNear = (entry: number) => entry < size && table.isWithin(profile, entry, squared);
      return isNear(parent) || siblings.slice(-mostSiblings(width)).some(isNear);
    },
    // Not `<=`: a profile that is not finite is never new.
    isNew: (profile, { size }) => table.nearest(profile, size) > squaredThreshold,
    add(profile, wasNew) {
      table.add(profile);
      if (wasNew) kept++;
    },
    summary: () => ({ criterion: name, kept, covered: null }),
    measure: () => ({ covered: null, value: null, detail: 'distance of outputs to the nearest of the data' }),
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

const mostKeptPerRound = 8;

/** Newest entries of a seed that a row is compared with one by one: some microseconds' worth. */
const mostSiblings = (width: number): number => Math.max(16, Math.floor(2 ** 13 / width));

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
