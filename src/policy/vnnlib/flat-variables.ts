// VNN-LIB 1.0: (declare-const X_0 Real), one constant for each element of the only network.
import { nearest, show } from '../suggest.js';
import type { Declarations, Declaring } from './declarations.js';
import type { Element } from './linear-form.js';
import type { Variable } from './property.js';
import type { Scanner } from './scanner.js';

const usage = 'inputs are (declare-const X_0 Real), (declare-const X_1 Real), ...; outputs Y_0, Y_1, ...';
const pattern = /^([XY])_(0|[1-9]\d*)$/;

export class FlatVariables implements Declaring {
  readonly command = 'declare-const';
  readonly comesFirst = false;
  readonly #elements = new Map<string, Element>();
  /** Offsets of the declarations of X_0, X_1, ... and Y_0, Y_1, ... */
  readonly #places: Readonly<Record<'X' | 'Y', number[]>> = { X: [], Y: [] };

  declare(scanner: Scanner, opened: number): void {
    const place = scanner.start;
    const name = scanner.take('a name', usage);
    const [, letter, digits] = pattern.exec(name) ?? [];
    if (letter === undefined) throw scanner.error(`${show(name)} is neither X_i nor Y_i`, usage, place);
    if (this.#elements.has(name)) throw scanner.error(`${name} is declared twice`, 'remove one', place);
    const typeAt = scanner.start;
    const type = scanner.take('the type Real', usage);
    if (type !== 'Real') throw scanner.error(`unknown type ${show(type)}`, 'the only type is Real', typeAt);
    scanner.close(opened, 'a declaration is a name and a type', usage);
    const index = Number(digits);
    if (index > MOST) throw scanner.error(`${name}: an index over ${MOST}`, usage, place);
    this.#elements.set(name, letter === 'X' ? index : ~index);
    this.#places[letter as 'X' | 'Y'][index] = place;
  }

  readonly resolve = (scanner: Scanner): Element => {
    const name = scanner.word();
    const element = this.#elements.get(name);
    if (element === undefined) throw this.#unknown(scanner, name);
    scanner.next();
    return element;
  };

  finish(scanner: Scanner): Declarations {
    const [inputSize, outputSize] = [this.#count('X', scanner), this.#count('Y', scanner)];
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
      inputAt: (element) => ({ name: `X_${element}`, declaredAt: this.#places.X[element] ?? 0 }),
    };
  }

  /** Without a gap: the index is the place in the tensor. */
  #count(letter: 'X' | 'Y', scanner: Scanner): number {
    const places = this.#places[letter];
    if (places.length === 0)
      throw scanner.error(`no ${letter === 'X' ? 'input' : 'output'} is declared`, usage);
    for (let index = 0; index < places.length; index++) {
      if (places[index] === undefined)
        throw scanner.error(
          `${letter}_${index} is not declared, but ${letter}_${places.length - 1} is`,
          `declare every element from ${letter}_0 on`,
          places.at(-1),
        );
    }
    return places.length;
  }

  #unknown(scanner: Scanner, name: string): Error {
    const match = this.#elements.size <= FEW ? nearest(name, this.#elements.keys()) : undefined;
    const bracket = name.includes('[') || scanner.source.text[scanner.end] === '[';
    const hint = bracket
      ? 'X[0] is VNN-LIB 2.0: begin the file with (vnnlib-version <2.0>)'
      : match === undefined
        ? `declare it: (declare-const ${name} Real)`
        : `did you mean ${match}?`;
    return scanner.error(`${show(name)} is not declared`, hint);
  }
}

/** Larger tensors do not exist, and a typing mistake must not allocate for one. */
const MOST = 2 ** 24;
/** Names to compare a misspelt one with. */
const FEW = 1000;

const flat = (name: string, size: number): Variable => ({
  name,
  elementType: 'Real',
  shape: [size],
  onnxName: undefined,
  offset: 0,
  size,
});
