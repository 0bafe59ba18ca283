// Several objectives in one program: the model is lowered once, because equal expressions of a program are one value.
import type { Encode, Encoding, Signal } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';

/**
 * `main`, which coverage and the books follow, with `others` judged in the same pass; objectives inside of others keep their
 * names. NaN and infinity are watched for in all models of all of them.
 * @throws RangeError where two objectives have one name
 */
export const composed =
  (main: Encode, others: Readonly<Record<string, Encode>>): Encode =>
  (p, x, target) => {
    const first = main(p, x, target);
    const rest = Object.entries(others).map(([name, encode]) => ({ name, encoding: encode(p, x, target) }));
    const also = new Map<string, Signal>(Object.entries(first.also ?? {}));
    for (const { name, encoding } of rest) {
      for (const [key, signal] of [
        [name, signalOf(encoding)],
        ...Object.entries(encoding.also ?? {}),
      ] as const) {
        if (also.has(key)) throw new RangeError(`two objectives are named "${key}"`);
        also.set(key, signal);
      }
    }
    const encodings = [first, ...rest.map(({ encoding }) => encoding)];
    return { ...first, nonFinite: anyOf(p, encodings), also: Object.fromEntries(also) };
  };

/** Objectives of one model watch for the same. */
const anyOf = (p: Program, encodings: readonly Encoding[]) =>
  [...new Set(encodings.map(({ nonFinite }) => nonFinite))].reduce((any, next) => p.or(any, next));

const signalOf = ({ nonFinite: _, output: __, hidden: ___, also: ____, ...signal }: Encoding): Signal =>
  signal;
