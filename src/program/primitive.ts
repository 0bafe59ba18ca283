// What a primitive of the array language is: types, ONNX emission, derivative. One literal table holds them all.
import type { Tensor } from '../base/tensor.js';
import type { Attribute } from '../onnx/encode.js';
import type { Program } from './program.js';
import type { Attributes, Foreign, Typed, Value } from './value.js';

/** Collects the ONNX nodes of a program while it is written out. */
export type Emitter = {
  /** Adds a node and returns the name of its output `index` of `count`. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Record<string, Attribute>,
    outputs?: number,
  ): readonly string[];
  /** As `node`, but once for equal keys: for nodes whose outputs are values of their own. */
  once(key: string, write: () => readonly string[]): readonly string[];
  /** Adds foreign nodes, once for equal inputs, and returns the names of their outputs. */
  foreign(foreign: Foreign, given: readonly string[]): readonly string[];
  /** Adds an initialiser and returns its name. */
  constant(value: Tensor): string;
};

/** One row of the table of primitives. */
export type Primitive = {
  /** dtype and shape of the result. Throws ProgramError where the inputs do not fit. */
  infer(inputs: readonly Value[], attributes: Attributes): Typed;
  /** Writes the value and returns the name that holds it. */
  emit(emitter: Emitter, value: Value, inputs: readonly string[]): string;
  /**
   * Vector-Jacobian product: from the gradient `dy` of the value to the gradient of each input, undefined where it is zero.
   * Only those of the `wanted` inputs are used. A primitive without it stops `grad` with NotDifferentiable.
   */
  gradient?(p: Program, value: Value, dy: Value, wanted: readonly boolean[]): readonly (Value | undefined)[];
};

/** ONNX attributes from plain values. */
export const attribute = {
  int: (value: number): Attribute => ({ kind: 'int', value }),
  ints: (value: readonly number[]): Attribute => ({ kind: 'ints', value }),
  float: (value: number): Attribute => ({ kind: 'float', value }),
  string: (value: string): Attribute => ({ kind: 'string', value }),
  tensor: (value: Tensor): Attribute => ({ kind: 'tensor', value }),
};

/** Emits one node with one output. */
export function emitOne(
  emitter: Emitter,
  type: string,
  inputs: readonly string[],
  attributes?: Record<string, Attribute>,
): string {
  const [name] = emitter.node(type, inputs, attributes);
  if (name === undefined) throw new RangeError(`${type} was emitted without an output`);
  return name;
}
