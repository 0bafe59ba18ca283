// The typed model graph: what an ONNX file says, without protobuf. Plain data, never mutated; passes return new graphs.
import type { DType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';

/** A dimension: a number, a symbol such as `batch`, or undefined where the file leaves it open. */
export type Dimension = number | string | undefined;

export type ValueInfo = {
  readonly name: string;
  /** undefined for sequences, maps and optionals. */
  readonly dtype: DType | undefined;
  /** undefined where the file does not give a rank. */
  readonly shape: readonly Dimension[] | undefined;
};

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  /** Sparse tensors and type protos, and references to function attributes: kept as protobuf bytes, only passed on. */
  | { readonly kind: 'opaque'; readonly value: Uint8Array };

export type Node = {
  /** Unique in its graph; given by the decoder where the file has none. */
  readonly name: string;
  /** Operator name, such as `Conv`. */
  readonly type: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Names of values; empty for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Operator set that the node is written in, where a pass wrote it for another one than the model's. */
  readonly opset?: number;
};

export type Graph = {
  readonly name: string;
  /** True inputs only: names that also have a constant are dropped from this list by the decoder. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Initialisers by name. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** In topological order. */
  readonly nodes: readonly Node[];
};

export type Model = {
  readonly graph: Graph;
  readonly irVersion: number;
  /** Opset version of each operator domain; ONNX's own is the empty string. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  /** Model-local functions as protobuf bytes; none in a loaded model, whose calls of them are inlined. */
  readonly functions: readonly Uint8Array[];
};
