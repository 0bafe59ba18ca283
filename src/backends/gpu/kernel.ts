// What an operator is to the gpu.js backend, and what its builder is told of a node.
import type { Shape } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import type { Node } from '../../graph/graph.js';
import type { Source } from './plan.js';
import type { KernelWriter } from './writer.js';

/** A node uses its operator in a way that no kernel here covers. */
export class NoKernel extends Error {
  override readonly name = 'NoKernel';
}

/** A kernel that is not finished: what comes next may still be fused into it. */
export type Draft = {
  readonly writer: KernelWriter;
  /** Expression of the result at the writer's element. */
  readonly result: string;
};

/** One node, as it runs on one row: all shapes are static. */
export type KernelContext = {
  readonly node: Node;
  /** Opset of the node's domain. */
  readonly opset: number;
  /** Which output of the node is asked for. */
  readonly index: number;
  /** Shape of that output. */
  readonly output: Shape;
  /** Whether an input is there. */
  has(position: number): boolean;
  shape(position: number): Shape;
  /** An input that data does not reach, undefined for others. */
  constant(position: number): Tensor | undefined;
  /** An input as a kernel's operand: elements are read by their flat position. */
  operand(writer: KernelWriter, position: number): (element: string) => string;
  /** A kernel that other kernels of the node read. */
  finish(draft: Draft): Source;
};

/** The result has the elements of the first input, in their order: no kernel at all. */
type Alias = { readonly kind: 'alias' };

/** Kernels of the node's own; the last is left open. */
type Whole = { readonly kind: 'whole'; draft(context: KernelContext): Draft };

/** Each element of the result is a function of one element of each input, broadcast: fused into what computes an input. */
type Pointwise = {
  readonly kind: 'pointwise';
  /** @param operands expressions of the inputs' elements; undefined for an input that is omitted */
  apply(writer: KernelWriter, operands: readonly (string | undefined)[], context: KernelContext): string;
  /** Inputs that are parameters, not data: everything from this position on is not read. */
  readonly data?: number;
  /** NaN and infinity stay visible in the result; where they might not, it is not fused while a run is watched for them. */
  readonly keepsNonFinite?: true;
};

export type Kernel = Alias | Whole | Pointwise;
