// How near is near enough for one cluster: as near as the seeds of one class are to each other, up to Tukey's fence (Exploratory Data
// Analysis, 1977): upper quartile plus 1.5 times the distance between the quartiles. The greatest distance would be that of a
// mislabelled seed; below the fence, a leader on the edge of its class would leave much of it to other leaders.
import { defaultThreshold } from './clusters.js';
import { cosineDistance, directionOf } from './direction.js';

/** Seeds are compared with so many others of their class, so that many seeds do not take quadratic time. */
const comparisons = 32;
/** Equal features are at distances of 1e-7, by rounding. */
const least = 1e-6;

/**
 * A threshold of cosine distance for `createClusters`; its default where no class has two seeds.
 * @param features of the seeds, [seeds, width], the same kind that findings will have
 * @param classes per seed, best as the model predicts them
 */
export function clusterThreshold(features: Float32Array, width: number, classes: ArrayLike<number>): number {
  const distances = distancesWithinClasses(features, width, classes).sort();
  if (distances.length === 0) return defaultThreshold;
  const quartile = (share: number) => distances[Math.ceil(share * distances.length) - 1] as number;
  const [lower, upper] = [quartile(0.25), quartile(0.75)];
  return Math.max(upper + 1.5 * (upper - lower), least);
}

function distancesWithinClasses(
  features: Float32Array,
  width: number,
  classes: ArrayLike<number>,
): Float64Array {
  const before = new Map<number, Float32Array[]>();
  const distances: number[] = [];
  for (let seed = 0; seed < classes.length; seed++) {
    const direction = directionOf(features.subarray(seed * width, (seed + 1) * width));
    if (typeof direction === 'string') continue;
    const others = before.get(classes[seed] as number) ?? [];
    for (const other of others) distances.push(cosineDistance(direction, other));
    before.set(classes[seed] as number, [...others.slice(1 - comparisons), direction]);
  }
  return Float64Array.from(distances);
}
