// What each neuron does on the data: the range of its activations, as DeepGauge profiles it (Ma et al., arXiv 1803.07519, section
// 3.1).
import { isFiniteRow, rowsIn } from './calibrated.js';
import type { Start } from './criterion.js';
import { unreachable } from './neurons.js';

export type Ranges = { readonly lower: Float32Array; readonly upper: Float32Array };

/** Over the data; where there are none, nothing is out of range. */
export function rangesOf(start: Start): Ranges {
  const { width } = start;
  const rows = dataOf(start);
  const [least, most] = rows.length === 0 ? [-unreachable, unreachable] : [Infinity, -Infinity];
  const [lower, upper] = [new Float32Array(width).fill(least), new Float32Array(width).fill(most)];
  for (const row of rows) {
    for (let neuron = 0; neuron < width; neuron++) {
      const value = row[neuron] as number;
      if (value < (lower[neuron] as number)) lower[neuron] = value;
      if (value > (upper[neuron] as number)) upper[neuron] = value;
    }
  }
  return { lower, upper };
}

/** Standard deviation of each neuron over the data. */
export function deviationsOf(start: Start): Float32Array {
  const rows = dataOf(start);
  return Float32Array.from({ length: start.width }, (_, neuron) => {
    const mean = rows.reduce((sum, row) => sum + (row[neuron] as number), 0) / rows.length;
    const squares = rows.reduce((sum, row) => sum + ((row[neuron] as number) - mean) ** 2, 0);
    return rows.length === 0 ? 0 : Math.sqrt(squares / rows.length);
  });
}

/** The seeds; one alone varies in nothing, so that its mutant counts, too. Rows that are not finite do not. */
export function dataOf({ seeds, mutants, width }: Start): Float32Array[] {
  const rows = rowsIn(seeds, width).filter(isFiniteRow);
  return rows.length < 2 ? [...rows, ...rowsIn(mutants, width).filter(isFiniteRow)] : rows;
}
