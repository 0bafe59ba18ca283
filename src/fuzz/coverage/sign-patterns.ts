// Sign patterns: which neurons are active together. The pattern of a whole network is different for almost every input, so
// that everything would be new. Patterns of eight neighbouring neurons of a layer are not: each is one of 256, and after a while
// most have been seen. This is the combinatorial coverage of DeepCT (Ma et al., arXiv 1806.07723, section III) for groups
// of eight; as AFL's map of edges, it has 2^16 cells however wide the network is.
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, isFiniteRow, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import type { Profile } from './criterion.js';
import { listOf, type Neurons, neuronsOf, strangeness } from './neurons.js';

const name = 'sign-patterns';
const uncoveredInput = `${name}:uncovered`;
const groupSize = 8;
const patternsPerGroup = 2 ** groupSize;
const greatestMap = 2 ** 16;

/**
 * The exact question is cheap enough for every execution. Profiles: [batch, 2 * groups], the cell of each group, NaN where the row
 * is not finite, then the number of neurons of each group.
 */
export const signPatterns = (): CalibratedCriterion =>
  withSeeds({
    name,
    screen: (p, encoding) => {
      const neurons = neuronsOf(p, encoding);
      return neurons && noveltyOf(p, cellsOf(p, neurons), neurons);
    },
    profile(p, encoding): Profile | undefined {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const cells = cellsOf(p, neurons);
      const strange = strangeness(p, neurons);
      const novelty = p.add(noveltyOf(p, cells, neurons), p.reshape(strange, [neurons.rows]));
      const sizes = sizesOf(neurons.widths).map((size) => p.fillLike(strange, size));
      return { novelty, profile: p.concat([p.add(cells, strange), ...sizes], 1) };
    },
    calibrate({ seeds, width }) {
      const groups = width / 2;
      const count = mapSize(groups);
      return cellState({
        name,
        count,
        impossible: count - possibleCells(seeds.subarray(groups, width)).size,
        noun: 'patterns of eight neurons',
        cellsOf(profile, into) {
          if (!isFiniteRow(profile)) return 0;
          for (let group = 0; group < groups; group++) into[group] = profile[group] as number;
          return groups;
        },
        feeds: (uncovered) => ({ [uncoveredInput]: float32(uncovered, [count]) }),
      });
    },
  });

/** A group of fewer neurons has fewer patterns. @param sizes of the groups */
function possibleCells(sizes: Float32Array): Set<number> {
  const cells = new Set<number>();
  sizes.forEach((size, group) => {
    for (let code = 0; code < 2 ** size; code++) cells.add(firstCell(group) + code);
  });
  return cells;
}

const firstCell = (group: number): number => (group * patternsPerGroup) % greatestMap;

const mapSize = (groups: number): number => Math.min(groups * patternsPerGroup, greatestMap);

/** How many of the row's patterns are uncovered: [batch]. */
function noveltyOf(p: Program, cells: Value, { rows }: Neurons): Value {
  const [, groups] = cells.shape;
  const map = p.input(uncoveredInput, 'float32', [mapSize(Number(groups))]);
  const found = p.gatherElements(map, p.mergeInto(p.cast(cells, 'int32'), 0), 0);
  return listOf(p, p.reduceSum(p.reshape(found, [rows, groups ?? 1]), [1]));
}

/**
 * The cell of each group's pattern, float32 [batch, groups]: the active neurons as bits of a number, read off by one product with
 * powers of two, which is exact. Groups end where layers end. From the 257th group on, groups share the cells of others.
 */
function cellsOf(p: Program, { values, widths, middles }: Neurons): Value {
  const sizes = sizesOf(widths);
  const first = sizes.map((_, group) => firstCell(group));
  const active = p.cast(p.greater(values, middlesOf(p, widths, middles)), 'float32');
  return p.add(p.matmul(active, bitsOf(p, sizes)), p.constant(float32(first)));
}

/** One number where it is the same for all, which is compared faster. */
function middlesOf(p: Program, widths: readonly number[], middles: readonly number[]): Value {
  const [middle = 0] = middles;
  if (middles.every((other) => other === middle)) return p.scalar('float32', middle);
  const all = widths.flatMap((width, layer) => new Array<number>(width).fill(middles[layer] ?? 0));
  return p.constant(float32(all, [1, all.length]));
}

/** What each neuron adds to the number of its group, [neurons, groups]: groups lie one after the other. */
function bitsOf(p: Program, sizes: readonly number[]): Value {
  const neurons = sizes.reduce((sum, size) => sum + size, 0);
  const bits = new Float32Array(neurons * sizes.length);
  let from = 0;
  sizes.forEach((size, group) => {
    for (let at = 0; at < size; at++) bits[(from + at) * sizes.length + group] = 2 ** at;
    from += size;
  });
  return p.constant(float32(bits, [neurons, sizes.length]));
}

/** Neurons of each group: eight, or what is left at the end of a layer. */
const sizesOf = (widths: readonly number[]): number[] =>
  widths.flatMap((width) =>
    Array.from({ length: Math.ceil(width / groupSize) }, (_, at) =>
      Math.min(width - at * groupSize, groupSize),
    ),
  );
