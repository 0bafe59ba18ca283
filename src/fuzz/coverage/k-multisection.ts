// k-multisection neuron coverage (DeepGauge, Ma et al., arXiv 1803.07519, section 3.1, definition 1): the range that the data
// reach is cut into k sections for each neuron; an input covers the section that each activation falls into.
import { float32, tensor } from '../../base/tensor.js';
import type { Feeds } from '../../program/session.js';
import { type CalibratedCriterion, isFiniteRow, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import { mostAbove, neuronsOf, strangeness, unreachable } from './neurons.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';
import { rangesOf } from './ranges.js';
import { coveredUpTo, type Sections, sectionOf, sectionsOf } from './sections.js';

export const kMultisectionOptions = {
  sections: { default: 1000, least: 1, greatest: 10_000, integer: true, meaning: 'sections per neuron' },
} satisfies OptionRules;

/**
 * Looking up the section of every activation would cost as much as a third of a small network's own pass. Screening asks only
 * whether some activation is above the first uncovered section of its neuron: one comparison and one reduction. While many
 * sections are uncovered, nearly every row has a new one anyhow; the last ones are mostly the upper ones.
 */
export function kMultisection(given: Given<typeof kMultisectionOptions> = {}): CalibratedCriterion {
  const { sections: count } = withDefaults(given, kMultisectionOptions);
  const name = nameOf('k-multisection', given, kMultisectionOptions);
  const inputs = inputsOf(name);
  return withSeeds({
    name,
    screen(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const covered = p.input(inputs.covered, 'float32', [1, neurons.count]);
      return mostAbove(p, neurons.values, covered);
    },
    profile(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const { values, rows } = neurons;
      const perNeuron = (input: string) => p.input(input, 'float32', [1, neurons.count]);
      const [lower, upper] = [perNeuron(inputs.lower), perNeuron(inputs.upper)];
      const section = p.floor(p.mul(p.sub(values, lower), perNeuron(inputs.scale)));
      const inRange = p.and(p.greaterOrEqual(values, lower), p.lessOrEqual(values, upper));
      const first = p.input(inputs.first, 'int32', [1, neurons.count]);
      const cell = p.add(p.cast(p.min(section, count - 1), 'int32'), first);
      // One cell behind all others stands for whatever is in no section.
      const map = p.input(inputs.uncovered, 'uint8', [neurons.count * count + 1]);
      const places = p.mergeInto(p.where(inRange, cell, neurons.count * count), 0);
      const found = p.cast(p.gatherElements(map, places, 0), 'float32');
      const fresh = p.reduceSum(p.reshape(found, [rows, neurons.count]), [1]);
      return { novelty: p.reshape(p.add(fresh, strangeness(p, neurons)), [rows]), profile: values };
    },
    calibrate(start) {
      const sections = sectionsOf(rangesOf(start), count);
      return sectionState(name, sections, start.width);
    },
  });
}

const inputsOf = (name: string) => ({
  covered: `${name}:covered-up-to`,
  lower: `${name}:lower`,
  upper: `${name}:upper`,
  scale: `${name}:scale`,
  first: `${name}:first-section`,
  uncovered: `${name}:uncovered`,
});

function sectionState(name: string, sections: Sections, width: number) {
  const { count } = sections;
  const inputs = inputsOf(name);
  const bounds = new Float32Array(width);
  const changed = new Set(bounds.keys());
  const constants = constantFeeds(inputs, sections, width);
  return cellState({
    name,
    count: width * count,
    impossible: count * sections.scale.filter((scale) => scale === 0).length,
    noun: 'sections of neurons',
    cellsOf: (profile, into) => (isFiniteRow(profile) ? cellsOf(profile, sections, into) : 0),
    covered: (cell) => changed.add(Math.floor(cell / count)),
    feeds(uncovered) {
      for (const neuron of changed)
        bounds[neuron] = Math.min(coveredUpTo(sections, neuron, uncovered, neuron * count), unreachable);
      changed.clear();
      return { [inputs.covered]: float32(bounds.slice(), [1, width]) };
    },
    table(uncovered) {
      const map = new Uint8Array(uncovered.length + 1);
      map.set(uncovered);
      return { ...constants, [inputs.uncovered]: tensor('uint8', [map.length], map) };
    },
  });
}

function cellsOf(profile: Float32Array, sections: Sections, into: Int32Array): number {
  let cells = 0;
  for (let neuron = 0; neuron < profile.length; neuron++) {
    const section = sectionOf(sections, neuron, profile[neuron] as number);
    if (section >= 0) into[cells++] = neuron * sections.count + section;
  }
  return cells;
}

/** Nothing is in the range of a neuron without sections. */
function constantFeeds(inputs: ReturnType<typeof inputsOf>, sections: Sections, width: number): Feeds {
  const { lower, upper, scale, count } = sections;
  const least = lower.map((bound, neuron) => (scale[neuron] === 0 ? unreachable : bound));
  return {
    [inputs.lower]: float32(least, [1, width]),
    [inputs.upper]: float32(upper, [1, width]),
    [inputs.scale]: float32(scale, [1, width]),
    [inputs.first]: tensor(
      'int32',
      [1, width],
      Int32Array.from({ length: width }, (_, at) => at * count),
    ),
  };
}
