// Coverage criteria as their papers define them, written down as plainly as possible: sets of what was seen. Slow on purpose.

/** Activations of one input, layer by layer. */
export type Activations = readonly (readonly number[])[];

/** Decides of one input after the other. */
export type Reference = {
  /** Names of what an input covers, none where an activation is not finite. */
  cellsOf(input: Activations): string[];
  /** How many there are in all; undefined where there is no such number. */
  readonly total: number | undefined;
};

/** @param seeds what ranges come from */
export type MakeReference = (seeds: readonly Activations[]) => Reference;

export const isFiniteInput = (input: Activations): boolean => input.flat().every(Number.isFinite);

const neurons = (input: Activations): number[] => input.flat();
const count = (input: Activations): number => input.flat().length;

/** DeepXplore, section 4.1, with activations scaled within each layer as in section 6. */
export const scaledNeuronCoverage =
  (threshold: number): MakeReference =>
  ([first = []]) => ({
    total: count(first),
    cellsOf: (input) =>
      input.flatMap((layer, at) => {
        const [least, most] = [Math.min(...layer), Math.max(...layer)];
        return layer.flatMap((value, neuron) =>
          value > Math.fround(least + Math.fround(Math.fround(most - least) * threshold))
            ? [`${at}/${neuron}`]
            : [],
        );
      }),
  });

/** DeepXplore, section 4.1. */
export const plainNeuronCoverage =
  (threshold: number): MakeReference =>
  ([first = []]) => ({
    total: count(first),
    cellsOf: (input) => neurons(input).flatMap((value, neuron) => (value > threshold ? [`${neuron}`] : [])),
  });

function ranges(seeds: readonly Activations[]) {
  const rows = seeds.filter(isFiniteInput).map(neurons);
  return (rows[0] ?? []).map((_, neuron) => {
    const values = rows.map((row) => row[neuron] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { low: Math.min(...values), high: Math.max(...values), deviation: Math.sqrt(variance) };
  });
}

/** DeepGauge, definition 1: the sections S_i of [low, high]. Exact sections, so that rounding decides near their ends. */
export const multisection =
  (sections: number): MakeReference =>
  (seeds) => {
    const known = ranges(seeds);
    return {
      total: sections * known.filter(({ low, high }) => high > low).length,
      cellsOf: (input) =>
        neurons(input).flatMap((value, neuron) => {
          const { low, high } = known[neuron] ?? { low: 0, high: 0 };
          if (!(high > low) || value < low || value > high) return [];
          const section = Math.floor((sections * (value - low)) / (high - low));
          return [`${neuron}/${Math.min(section, sections - 1)}`];
        }),
    };
  };

/** DeepGauge, definitions 2 and 3, and the widening of section 4. */
export const corners =
  (sides: 'both' | 'upper', deviations: number): MakeReference =>
  (seeds) => {
    const known = ranges(seeds);
    return {
      total: known.length * (sides === 'both' ? 2 : 1),
      cellsOf: (input) =>
        neurons(input).flatMap((value, neuron) => {
          const { low, high, deviation } = known[neuron] ?? { low: 0, high: 0, deviation: 0 };
          const upper = value > high + deviations * deviation ? [`${neuron}+`] : [];
          return sides === 'both' && value < low - deviations * deviation ? [`${neuron}-`, ...upper] : upper;
        }),
    };
  };

/** Places of the k greatest; of equals the first. */
const top = (layer: readonly number[], k: number): number[] =>
  layer
    .map((value, place) => ({ value, place }))
    .sort((a, b) => b.value - a.value || a.place - b.place)
    .slice(0, k)
    .map(({ place }) => place);

/** DeepGauge, definition 4. */
export const topNeuronCoverage =
  (k: number): MakeReference =>
  ([first = []]) => ({
    total: count(first),
    cellsOf: (input) => input.flatMap((layer, at) => top(layer, k).map((place) => `${at}/${place}`)),
  });

/** DeepGauge, definition 5. */
export const topPatternCoverage =
  (k: number): MakeReference =>
  () => ({
    total: undefined,
    cellsOf: (input) => [
      input
        .map((layer) =>
          top(layer, k)
            .sort((a, b) => a - b)
            .join(),
        )
        .join(';'),
    ],
  });

/** Which of eight neighbours are active. @param middles per layer, where activity begins */
export const groupsOfEight =
  (middles: readonly number[]): MakeReference =>
  ([first = []]) => ({
    total: first.reduce(
      (sum, { length }) => sum + 256 * Math.floor(length / 8) + (length % 8 === 0 ? 0 : 2 ** (length % 8)),
      0,
    ),
    cellsOf: (input) =>
      input.flatMap((layer, at) =>
        Array.from({ length: Math.ceil(layer.length / 8) }, (_, group) => {
          const active = layer
            .slice(8 * group, 8 * group + 8)
            .map((value) => (value > (middles[at] ?? 0) ? 1 : 0));
          return `${at}/${group}: ${active.join('')}`;
        }),
      ),
  });
