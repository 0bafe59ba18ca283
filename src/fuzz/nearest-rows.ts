// Which rows came nearer to a violation than any before them: those are worth mutating, whatever the coverage criteria say.
import type { InputSet } from '../policy/input-set.js';
import type { Visit } from './stages/stage.js';

/** Of one visit, at most. */
const rowsPerVisit = 8;
/** Share of the distance left that a row must have gone to count as nearer. */
const progress = 0.01;

export type NearestRows = {
  /**
   * Rows of a visit that are nearer: of each objective and open instance the nearest of all. What came first is the measure of
   * the others, and is none itself.
   */
  nearer(visit: Visit, isOpen: (instance: number) => boolean): number[];
};

/** @param objectives how many there are */
export function createNearestRows({ instanceOf, lower }: InputSet, objectives: number): NearestRows {
  const instances = lower.shape[0] ?? 0;
  const least = Array.from({ length: objectives }, () => new Float32Array(instances).fill(Infinity));

  /** The nearest row of each instance that is nearer than all before the visit. */
  const improvements = (guide: Float32Array, seeds: Int32Array, known: Float32Array) => {
    const nearest = new Map<number, number>();
    for (let row = 0; row < guide.length; row++) {
      const value = guide[row] as number;
      const instance = instanceOf[seeds[row] as number] as number;
      const best = known[instance] as number;
      // Most rows end here: the loop is over every execution.
      if (!(value < best)) continue;
      if (best < Infinity && !(value < best - progress * Math.abs(best))) continue;
      const other = nearest.get(instance);
      if (other === undefined || value < (guide[other] as number)) nearest.set(instance, row);
    }
    return nearest;
  };
  return {
    nearer({ screened: { signals }, seeds }, isOpen) {
      const rows: number[] = [];
      signals.forEach(({ guide, violated }, at) => {
        const known = least[at];
        if (guide === undefined || known === undefined) return;
        for (const [instance, row] of improvements(guide, seeds, known)) {
          const isFirst = known[instance] === Infinity;
          // What is found already needs no nearer point.
          const isWanted = !isFirst && violated[row] === 0 && isOpen(instance);
          // What there is no room for is still nearer the next time.
          if (isWanted && rows.length === rowsPerVisit) continue;
          known[instance] = guide[row] as number;
          if (isWanted) rows.push(row);
        }
      });
      return rows;
    },
  };
}
