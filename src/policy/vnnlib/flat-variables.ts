// VNN-LIB 1.0: (declare-const X_0 Real), one constant for each element of the only network.
import { show } from '../suggest.js';
import type { Declarations, Declaring } from './declarations.js';
import type { Element } from './linear-form.js';
import type { Variable } from './property.js';
import type { Scanner } from './scanner.js';

const usage = 'inputs are (declare-const X_0 Real), (declare-const X_1 Real), ...; outputs Y_0, Y_1, ...';
export class FlatVariables implements Declaring {
  readonly command = 'declare-const';
  readonly comesFirst = false;
  /** Offsets of the declarations of X_0, X_1, ... and of Y_0, Y_1, ... */
  readonly #inputs: number[] = [];
  readonly #outputs: number[] = [];

  declare(scanner: Scanner, opened: number): void {
    const place = scanner.start;
    const element = elementAt(scanner);
    if (element === undefined) throw scanner.error(`${scanner.shown()} is neither X_i nor Y_i`, usage, place);
    const [places, index] = this.#placeOf(element);
    if (index > MOST) throw scanner.error(`an index over ${MOST}`, usage, place);
    if (places[index] !== undefined)
      throw scanner.error(`${scanner.word()} is declared twice`, 'remove one', place);
    places[index] = place;
    scanner.next();
    const typeAt = scanner.start;
    const type = scanner.take('the type Real', usage);
    if (type !== 'Real') throw scanner.error(`unknown type ${show(type)}`, 'the only type is Real', typeAt);
    scanner.close(opened, 'a declaration is a name and a type', usage);
  }

  readonly resolve = (scanner: Scanner): Element => {
    const element = elementAt(scanner);
    if (element === undefined) throw this.#unknown(scanner);
    const [places, index] = this.#placeOf(element);
    if (places[index] === undefined) throw this.#unknown(scanner);
    scanner.next();
    return element;
  };

  #placeOf(element: Element): [places: number[], index: number] {
    return element >= 0 ? [this.#inputs, element] : [this.#outputs, ~element];
  }

  finish(scanner: Scanner): Declarations {
    const inputSize = countOf('X', this.#inputs, scanner);
    const outputSize = countOf('Y', this.#outputs, scanner);
    return {
      networks: [
        {
          name: 'network',
          relation: undefined,
          inputs: [flat('X', inputSize)],
          hidden: [],
          outputs: [flat('Y', outputSize)],
        },
      ],
      inputSize,
      outputSize,
      inputAt: (element) => ({ name: `X_${element}`, declaredAt: this.#inputs[element] ?? 0 }),
    };
  }

  #unknown(scanner: Scanner): Error {
    const bracket = scanner.source.text[scanner.end] === '[';
    const hint = bracket
      ? 'X[0] is VNN-LIB 2.0: begin the file with (vnnlib-version <2.0>)'
      : `declared are X_0 to X_${this.#inputs.length - 1} and Y_0 to Y_${this.#outputs.length - 1}`;
    return scanner.error(`${scanner.shown()} is not declared`, hint);
  }
}

/** Elements of one tensor, without a gap: the index is the place in it. */
function countOf(letter: 'X' | 'Y', places: readonly number[], scanner: Scanner): number {
  if (places.length === 0)
    throw scanner.error(`no ${letter === 'X' ? 'input' : 'output'} is declared`, usage);
  let gap = 0;
  while (gap < places.length && places[gap] !== undefined) gap++;
  if (gap === places.length) return places.length;
  const last = `${letter}_${places.length - 1}`;
  const hint = `declare every element from ${letter}_0 on`;
  throw scanner.error(`${letter}_${gap} is not declared, but ${last} is`, hint, places.at(-1));
}

/** X_12 -> 12, Y_12 -> ~12, read digit by digit: files name elements a hundred thousand times. */
function elementAt({ kind, source: { text }, start, end }: Scanner): Element | undefined {
  const letter = text[start];
  if (kind !== 'word' || (letter !== 'X' && letter !== 'Y') || text[start + 1] !== '_') return undefined;
  const digits = end - start - 2;
  if (digits < 1 || digits > 9 || (digits > 1 && text[start + 2] === '0')) return undefined;
  let index = 0;
  for (let at = start + 2; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    index = 10 * index + digit;
  }
  return letter === 'X' ? index : ~index;
}

const ZERO = 48;

/** Larger tensors do not exist, and a typing mistake must not allocate for one. */
const MOST = 2 ** 24;
const flat = (name: string, size: number): Variable => ({
  name,
  elementType: 'Real',
  shape: [size],
  onnxName: undefined,
  offset: 0,
  size,
});
