// A value of a program: the result of one primitive. Immutable; equal expressions are the same object.
import type { DType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import type { Node } from '../onnx/encode.js';
import type { Dims } from './dims.js';
import { ProgramError } from './program-error.js';

/** Numbers, strings and lists of them only, so that attributes can be compared as text (keys.ts). */
export type Attributes = Readonly<
  Record<string, number | string | boolean | readonly number[] | readonly string[]>
>;

/** Element type and shape. */
export type Typed = { readonly dtype: DType; readonly shape: Dims };

/** Nodes of a model that are passed on as they stand: one, with those that hand it values that are no tensors. */
export type Foreign = {
  /** Operator of the last node. */
  readonly type: string;
  /** In order. They name their values as they like: those names never leave them. */
  readonly nodes: readonly Node[];
  /** Names under which the nodes and their subgraphs read the inputs. */
  readonly inputs: readonly string[];
  /** Tensors that are read from outside. */
  readonly outputs: readonly (Typed & { readonly name: string })[];
  /** Least operator set by domain; ONNX's own is the program's or a later one that says the same of these nodes. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What they were made from: of one origin, with equal types and opsets, they are one expression wherever they are read. */
  readonly origin?: object;
};

/** One node of a program. Compare values by identity. */
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
  readonly foreign?: Foreign;
  /** True where no input of the program is involved. */
  readonly isConstant: boolean;
};

/** The first input. Throws ProgramError where there is none. */
export function only(inputs: readonly Value[]): Value {
  const [first] = inputs;
  if (first === undefined) throw new ProgramError('a primitive was applied to nothing');
  return first;
}

/** The first two inputs. Throws ProgramError where there are fewer. */
export function pair(inputs: readonly Value[]): readonly [Value, Value] {
  const [a, b] = inputs;
  if (a === undefined || b === undefined)
    throw new ProgramError('a primitive of two inputs was applied to fewer');
  return [a, b];
}

/** The first three inputs. Throws ProgramError where there are fewer. */
export function three(inputs: readonly Value[]): readonly [Value, Value, Value] {
  const [a, b, c] = inputs;
  if (a === undefined || b === undefined || c === undefined)
    throw new ProgramError('a primitive of three inputs was applied to fewer');
  return [a, b, c];
}

/** Everything that `values` depend on and they themselves, inputs before users; nothing else. */
export function reachable(values: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    pending.push(...value.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** A list of integers among the attributes; empty where it is missing. */
export const ints = (attributes: Attributes, key: string): readonly number[] => {
  const value = attributes[key];
  return Array.isArray(value) ? value.map(Number) : [];
};

/** A number among the attributes; 0 where it is missing. */
export const int = (attributes: Attributes, key: string): number => Number(attributes[key] ?? 0);
