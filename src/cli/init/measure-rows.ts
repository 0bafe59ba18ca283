// What a model's answers on the rows themselves come to: how many are right, or which values they have.
import { percent, plural } from '../../report/words.js';
import type { Measured } from './measure.js';
import type { Trial } from './trial.js';

type Names = { readonly model: string; readonly data: string };

/** Each is run once. */
const mostRows = 1000;
/** What the share of right rows may fall by: of other rows, or in the next training. */
const accuracyMargin = 0.02;

/** @param count of rows */
export async function measureAccuracy(trial: Trial, names: Names, count: number): Promise<Measured> {
  const rows = Math.min(mostRows, count);
  const asked = { kind: 'accuracy', ...names, ...(rows < count && { rows }) };
  const { share } = await trial({ ...asked, atLeast: 0, expect: 'proved' });
  const atLeast = Math.max(0, Math.floor((share.reached - accuracyMargin) * 100) / 100);
  const right = `measured: ${percent(share.reached)} of ${plural(rows, 'row')} are right, and may fall by ${percent(accuracyMargin)}`;
  return { property: { ...asked, atLeast, expect: 'proved' }, comments: [right] };
}

/** Of the distance between the least and the greatest output seen, on either side. */
const widening = 0.25;
/** Of the width of the input range. */
const nearShare = 0.005;
const rowsTried = 10;
const budget = { seconds: 3, executions: 3000 };
const runBudget = { seconds: 10, executions: 10_000 };

/** @param outputs of some rows, at least one */
export async function measureRange(
  trial: Trial,
  names: Names,
  { outputs, width, count }: { outputs: readonly number[]; width: number; count: number },
): Promise<Measured | undefined> {
  const [least, most] = [Math.min(...outputs), Math.max(...outputs)];
  if (!Number.isFinite(least) || !Number.isFinite(most)) return undefined;
  const room = widening * (most > least ? most - least : Math.max(Math.abs(most), 1));
  const limits = {
    lower: outward(least - room, room, Math.floor),
    upper: outward(most + room, room, Math.ceil),
  };
  const linfEpsilon = Number((nearShare * width).toPrecision(2));
  const asked = { kind: 'range', ...names, linfEpsilon, ...limits };
  const { share, notes } = await trial({
    ...asked,
    rows: Math.min(rowsTried, count),
    expect: 'proved',
    budget,
  });
  const isProved = share.reached === 1;
  const property = {
    ...asked,
    rows: Math.min(count, 100),
    expect: isProved ? 'proved' : 'tested',
    budget: runBudget,
  };
  const tried = isProved
    ? 'bounds prove it of the first rows'
    : 'not proved of the first rows in a few seconds';
  const cannot = notes.find((note) => note.startsWith('cannot be proved'));
  return {
    property,
    comments: [
      `the rows give ${digits(least)} to ${digits(most)}; these limits are wider by a quarter of that on either side: a guess, write what is sane`,
      `measured: ${cannot === undefined ? tried : 'cannot be bounded, so it is tested'}`,
    ],
  };
}

/** A limit of few digits, moved away from the rows by less than a tenth of their room. */
function outward(limit: number, room: number, round: (value: number) => number): number {
  const digitsAfter = Math.max(0, 1 - Math.floor(Math.log10(room)));
  const step = 10 ** Math.floor(Math.log10(room) - 1);
  return Number((round(limit / step) * step).toFixed(Math.min(100, digitsAfter)));
}

const digits = (value: number): number => Number(value.toPrecision(3));
