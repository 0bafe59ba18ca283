// A model whose every value has a known type: what lowering and bounding start from.
import type { DType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import type { Graph, Model } from './graph.js';

export type ValueType = {
  readonly dtype: DType;
  /** Open dimensions are symbols: `batch`, or a multiple of it such as `batch*4`. */
  readonly shape: readonly (number | string)[];
};

export type TypedModel = Model & {
  /** By value name: inputs, constants and every node's outputs that are tensors. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** Results of nodes that depend on no input, or only on shapes that the batch size does not change. */
  readonly folded: ReadonlyMap<string, Tensor>;
  /** False where the file fixes the batch size at 1 and cannot be run with another: it is run one by one. */
  readonly batched: boolean;
  /** The one input that carries data. */
  readonly input: { readonly name: string } & ValueType;
  /** First output. */
  readonly output: { readonly name: string } & ValueType;
  /** The graph as the file has it, where passes changed it. */
  readonly written?: Graph;
};
