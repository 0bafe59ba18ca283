// What an ONNX operator is to Marauder: how it is computed in the array language and how its result is bounded.
import type { Tensor } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import type { ValueType } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import type { Rounding } from './rounding.js';

/** One node in its model. */
export type NodeContext = {
  readonly p: Program;
  readonly node: Node;
  /** Opset of the model in the node's domain. */
  readonly opset: number;
  /** Type of output 0. */
  readonly output: ValueType;
  /** Constant input at a position, undefined where it is omitted or not a constant. */
  constant(position: number): Tensor | undefined;
};

export type LowerContext = NodeContext & {
  readonly inputs: readonly (Value | undefined)[];
};

export type IntervalContext = NodeContext & {
  /** Bounds of an input. Throws Unbounded where the input has none. */
  input(position: number): Interval;
  has(position: number): boolean;
  readonly rounding: Rounding;
};

/**
 * Rules of one operator. `lower` computes output 0 with the arithmetic of ONNX Runtime's kernel, as far as the array language
 * has the same kernel. `interval` bounds output 0 of the deployed float32 node, rounding included; it is missing where
 * the operator can only be fuzzed.
 */
export type Operator = {
  readonly type: string;
  lower(context: LowerContext): Value;
  interval?(context: IntervalContext): Interval;
};

/** A value has no bounds: its node, or one before it, has no rule. Turned into `unknown` with this reason. */
export class Unbounded extends Error {
  override readonly name = 'Unbounded';
}

/** The node uses an operator in a way that its rules do not cover: it is passed on to ONNX Runtime as it stands. */
export class NotLowered extends Error {
  override readonly name = 'NotLowered';
}

/** Input that must be there. */
export function operand(context: LowerContext, position: number): Value {
  const value = context.inputs[position];
  if (value === undefined) throw new NotLowered(`${context.node.type} without input ${position}`);
  return value;
}
