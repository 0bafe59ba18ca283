// What a file declares, in either version of the language: networks, and how their elements are named.
import type { Resolve } from './arithmetic.js';
import type { Network } from './property.js';
import type { Scanner } from './scanner.js';

export type Declarations = {
  readonly networks: readonly [Network, ...Network[]];
  readonly inputSize: number;
  readonly outputSize: number;
  /** Name of an element of x, and the offset of its declaration, for errors. */
  inputAt(element: number): { readonly name: string; readonly declaredAt: number };
};

/** Declarations as they are read: elements can be named from the first on. */
export type Declaring = {
  readonly command: 'declare-const' | 'declare-network';
  /** Whether all declarations must come before all assertions. */
  readonly comesFirst: boolean;
  /** Reads what follows the command of a declaration that opened at `opened`. */
  declare(scanner: Scanner, opened: number): void;
  readonly resolve: Resolve;
  /** What has been declared in all; throws where something is missing. */
  finish(scanner: Scanner): Declarations;
};
