// A value of a program: the result of one primitive. Immutable; equal expressions are the same object.
import type { DType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import type { Attribute } from '../onnx/encode.js';
import type { Dims } from './dims.js';

/** Numbers, strings and lists of them only, so that equal attributes have equal JSON. */
export type Attributes = Readonly<
  Record<string, number | string | boolean | readonly number[] | readonly string[]>
>;

export type Typed = { readonly dtype: DType; readonly shape: Dims };

/** A node of a model that is passed on unchanged. */
export type ForeignNode = {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** For each input position, whether it is given; optional inputs may be omitted. */
  readonly given: readonly boolean[];
  readonly outputs: readonly Typed[];
};

export type Value = Typed & {
  /** Position in its program; inputs come before their users. */
  readonly id: number;
  /** Key of the primitives' table. */
  readonly primitive: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  /** Present on constants only. */
  readonly constant?: Tensor;
  /** Present on outputs of foreign nodes only. */
  readonly foreign?: ForeignNode;
  /** True where no input of the program is involved. */
  readonly isConstant: boolean;
};

/** The first input: every primitive but the sources has one. */
export function only(inputs: readonly Value[]): Value {
  const [first] = inputs;
  if (first === undefined) throw new RangeError('a primitive was applied to nothing');
  return first;
}

export function pair(inputs: readonly Value[]): readonly [Value, Value] {
  const [a, b] = inputs;
  if (a === undefined || b === undefined)
    throw new RangeError('a primitive of two inputs was applied to fewer');
  return [a, b];
}

export const ints = (attributes: Attributes, key: string): readonly number[] => {
  const value = attributes[key];
  return Array.isArray(value) ? value.map(Number) : [];
};

export const int = (attributes: Attributes, key: string): number => Number(attributes[key] ?? 0);
