// Measurements that take turns: a machine's speed drifts, and what is compared must drift together.
import { median } from '../statistics/quantile.js';

/** Name -> one value per turn. */
export type Turns<Name extends string, Value> = Readonly<Record<Name, readonly Value[]>>;

/** Each measurement once per turn, in order. */
export async function inTurns<Name extends string, Value>(
  measures: Readonly<Record<Name, () => Promise<Value>>>,
  turns: number,
  progress: (line: string) => void,
): Promise<Turns<Name, Value>> {
  const names = Object.keys(measures) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as Value[]])) as Record<Name, Value[]>;
  for (let turn = 1; turn <= turns; turn++) {
    for (const name of names) {
      progress(`turn ${turn} of ${turns}: ${name}`);
      values[name].push(await measures[name]());
    }
  }
  return values;
}

/** The median of the turns' ratios: of each turn by itself, so that the drift cancels. */
export const medianRatio = (over: readonly number[], under: readonly number[]): number =>
  median(over.map((value, turn) => value / (under[turn] ?? Number.NaN)));
