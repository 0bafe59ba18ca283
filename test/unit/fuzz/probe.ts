// A property that hands every element of a row out as it was judged.

import type { Screened } from '../../../src/fuzz/programs/screened.js';
import type { Encode, Signal } from '../../../src/ops/encoding.js';

/** Violated nowhere; objective number i + 1 has element i of the input as its margin. */
export const probe: Encode = (p, x) => {
  const flat = p.mergeInto(x, 1);
  const element = (at: number) => p.reshape(p.slice(flat, 1, at, at + 1), x.shape.slice(0, 1));
  const violated = p.greater(element(0), Infinity);
  const signal = (at: number): Signal => ({ violated, margin: element(at), losses: [] });
  const size = Number(flat.shape[1]);
  return {
    ...signal(0),
    nonFinite: violated,
    output: { name: 'x', value: flat },
    hidden: [],
    also: Object.fromEntries(Array.from({ length: size }, (_, at) => [`element ${at}`, signal(at)])),
  };
};

/** The rows that were judged, [rows, size]. */
export function judgedRows({ signals }: Screened): Float32Array {
  const elements = signals.slice(1).map(({ margin }) => margin ?? new Float32Array());
  const rows = elements[0]?.length ?? 0;
  return Float32Array.from({ length: rows * elements.length }, (_, at) => {
    const element = elements[at % elements.length];
    return element?.[Math.floor(at / elements.length)] ?? Number.NaN;
  });
}
