// Judged rows made by hand.
import type { Judged } from '../../../src/fuzz/programs/screened.js';
import type { Visit } from '../../../src/fuzz/stages/stage.js';

/** One objective's answers; rows without a mark are no findings. */
export const judged = (violated: readonly number[], changes: Partial<Judged> = {}): Judged => ({
  violated: Uint8Array.from(violated),
  margin: undefined,
  guide: undefined,
  cluster: undefined,
  ...changes,
});

/** Rows whose margins are their guides, violated below zero. */
export const withMargins = (...margins: readonly number[]): Judged => {
  const margin = Float32Array.from(margins);
  return judged(
    margins.map((value) => (value >= 0 ? 0 : 1)),
    { margin, guide: margin },
  );
};

/** @param seeds of the rows @param signals per objective */
export const visitOf = (seeds: readonly number[], ...signals: readonly Judged[]): Visit => ({
  by: 'test',
  seeds: Int32Array.from(seeds),
  parents: Int32Array.from(seeds),
  screened: { signals, suspicion: [], side: undefined },
  proposed: [],
  parameters: () => [],
  inputs: async (rows) => new Float32Array(rows.length),
});
