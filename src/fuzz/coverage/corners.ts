// DeepGauge's corner cases (Ma et al., arXiv 1803.07519, section 3.1, definitions 2 and 3): activations beyond the range that the
// data reach. Neuron boundary coverage counts both ends of each range, strong neuron activation coverage the upper ones.
// Ranges may be widened by some standard deviations, as the paper's section 4 does.
import { float32 } from '../../base/tensor.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, isFiniteRow, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import { greatestOf, mostAbove, neuronsOf, strangeness, unreachable } from './neurons.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';
import { deviationsOf, type Ranges, rangesOf } from './ranges.js';

export const cornerOptions = {
  deviations: {
    default: 0,
    least: 0,
    greatest: 1000,
    integer: false,
    meaning: "standard deviations by which each neuron's range is widened",
  },
} satisfies OptionRules;

/** Two corners per neuron: below its range, and above. */
export const neuronBoundary = (given: Given<typeof cornerOptions> = {}): CalibratedCriterion =>
  build('neuron-boundary', ['upper', 'lower'], given);

/** One corner per neuron: above its range. */
export const strongActivation = (given: Given<typeof cornerOptions> = {}): CalibratedCriterion =>
  build('strong-activation', ['upper'], given);

type Side = 'upper' | 'lower';

/**
 * One comparison with bounds that nothing is beyond once the corner is covered, and one reduction, per side. That is exact, so
 * that profiles ask the same.
 */
function build(
  kind: string,
  sides: readonly Side[],
  given: Given<typeof cornerOptions>,
): CalibratedCriterion {
  const { deviations } = withDefaults(given, cornerOptions);
  const name = nameOf(kind, given, cornerOptions);
  const excessOver: CalibratedCriterion['screen'] = (p, encoding) => {
    const neurons = neuronsOf(p, encoding);
    if (neurons === undefined) return undefined;
    const beyond = (side: Side): Value => {
      const bounds = p.input(inputOf(side, deviations), 'float32', [1, neurons.count]);
      return side === 'upper' ? mostAbove(p, neurons.values, bounds) : mostAbove(p, bounds, neurons.values);
    };
    return greatestOf(p, sides.map(beyond));
  };
  return withSeeds({
    name,
    screen: excessOver,
    profile(p, encoding) {
      const [neurons, excess] = [neuronsOf(p, encoding), excessOver(p, encoding, p.scalar('int64', 0))];
      if (neurons === undefined || excess === undefined) return undefined;
      const strange = p.reshape(strangeness(p, neurons), [neurons.rows]);
      return { novelty: p.add(excess, strange), profile: neurons.values };
    },
    calibrate(start) {
      const { width } = start;
      const ranges = widened(rangesOf(start), deviations === 0 ? undefined : deviationsOf(start), deviations);
      return cellState({
        name,
        count: sides.length * width,
        noun: 'corners of neurons',
        cellsOf(profile, into) {
          if (!isFiniteRow(profile)) return 0;
          let count = 0;
          for (let at = 0; at < sides.length; at++)
            count += cornersOf(profile, ranges, sides[at] as Side, at * width, into.subarray(count));
          return count;
        },
        feeds: (uncovered) =>
          Object.assign(
            {},
            ...sides.map((side, at): Feeds => {
              const far = side === 'upper' ? unreachable : -unreachable;
              const bounds = ranges[side].map((bound, neuron) =>
                uncovered[at * width + neuron] === 1 ? bound : far,
              );
              return { [inputOf(side, deviations)]: float32(bounds, [1, width]) };
            }),
          ),
      });
    },
  });
}

/** The same for both criteria, whose upper corners are covered together: the comparison is made once. */
const inputOf = (side: Side, deviations: number): string => `corners:deviations=${deviations}:${side}`;

function widened({ lower, upper }: Ranges, deviation: Float32Array | undefined, times: number): Ranges {
  if (deviation === undefined) return { lower, upper };
  return {
    lower: lower.map((bound, neuron) => bound - times * (deviation[neuron] ?? 0)),
    upper: upper.map((bound, neuron) => bound + times * (deviation[neuron] ?? 0)),
  };
}

/** Cells of the neurons that are beyond their range; none is beyond both ends. */
function cornersOf(
  profile: Float32Array,
  ranges: Ranges,
  side: Side,
  offset: number,
  into: Int32Array,
): number {
  const bounds = ranges[side];
  let corners = 0;
  for (let neuron = 0; neuron < profile.length; neuron++) {
    const [value, bound] = [profile[neuron] as number, bounds[neuron] as number];
    if (side === 'upper' ? value > bound : value < bound) into[corners++] = offset + neuron;
  }
  return corners;
}
