// The values that inputs may take, as a policy states them: from the rows, or from the shape alone.
import { rowLength } from '../../base/shape.js';
import type { Dataset } from '../../policy/dataset.js';

export type Range = {
  readonly inputs:
    | { readonly range: readonly [number, number] }
    | { readonly ranges: readonly (readonly [number, number])[] };
  /** Of the narrowest element that varies: what distances are measured against. */
  readonly width: number;
  readonly comment: string;
};

/** One range each, where there are few enough to read. */
const fewElements = 32;

/** @param isImage whether elements are alike */
export function rangeOfRows({ inputs: { data, shape } }: Dataset, isImage: boolean): Range {
  const size = rowLength(shape);
  const pairs = Array.from({ length: size }, (): [number, number] => [Infinity, -Infinity]);
  data.forEach((value, at) => {
    const pair = pairs[at % size] as [number, number];
    pair[0] = Math.min(pair[0], value);
    pair[1] = Math.max(pair[1], value);
  });
  const [least, most] = pairs.reduce<[number, number]>(
    ([low, high], [a, b]) => [Math.min(low, a), Math.max(high, b)],
    [Infinity, -Infinity],
  );
  if (!isImage && size <= fewElements && size > 1) return each(pairs);
  return one(least, most);
}

/** The usual ones, where the rows fill a good part of them. */
const usual = [
  [0, 1],
  [-1, 1],
  [0, 255],
] as const;

function one(least: number, most: number): Range {
  const [low, high] = usual.find(([a, b]) => least >= a && most <= b && most - least > (b - a) / 4) ?? [
    rounded(least, Math.floor),
    rounded(most, Math.ceil),
  ];
  const pair: [number, number] = low < high ? [low, high] : [low - 1, high + 1];
  return {
    inputs: { range: pair },
    width: pair[1] - pair[0],
    comment: `of every element; the rows have ${shown(least)} to ${shown(most)}`,
  };
}

function each(pairs: readonly (readonly [number, number])[]): Range {
  const ranges = pairs.map(([low, high]): [number, number] => [
    rounded(low, Math.floor),
    rounded(high, Math.ceil),
  ]);
  const widths = ranges.map(([low, high]) => high - low).filter((width) => width > 0);
  return {
    inputs: { ranges },
    width: widths.length === 0 ? 1 : Math.min(...widths),
    comment:
      'least and greatest value of each element in the rows, rounded outward: widen them to what the model may be fed',
  };
}

/** Without any rows. */
export function guessedRange(isImage: boolean): Range {
  const comment = 'a guess, from the shape alone: write what the model may be fed';
  return isImage
    ? { inputs: { range: [0, 1] }, width: 1, comment }
    : { inputs: { range: [-1, 1] }, width: 2, comment };
}

const shown = (value: number): string => `${Number(value.toPrecision(4))}`;

/** To three digits, never inward: rows must stay inside, in float32 as well. */
function rounded(value: number, toward: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = Math.floor(Math.log10(Math.abs(value))) - 2;
  const near = toward(unit < 0 ? value * 10 ** -unit : value / 10 ** unit);
  return Number((unit < 0 ? near / 10 ** -unit : near * 10 ** unit).toPrecision(12));
}
