// What an ONNX operator is to Marauder: how it is computed in the array language and how its result is bounded.
import type { Tensor } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import type { ValueType } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import type { Relaxation } from './relaxation.js';
import type { Rounding } from './rounding.js';
import type { Zonotope } from './zonotope.js';

/** One node in its model. */
export type NodeContext = {
  readonly p: Program;
  readonly node: Node;
  /** Opset of the model in the node's domain. */
  readonly opset: number;
  /** Which output is asked for: 0 but for operators with `outputs: 'each'`. */
  readonly index: number;
  /** Type of that output. */
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

export type RelaxContext = IntervalContext & {
  /** Bounds of the output that is asked for. */
  readonly bounds: Interval;
  /** The lower slope to take where the operator leaves a choice, in the shape of the output; it may lie outside [0, 1]. */
  readonly slope?: Value | undefined;
  /**
   * From which upper bound, in units of -lower, a line below a kink has the steeper of its two slopes; left out: 1, which leaves the smaller
   * area.
   */
  readonly steepFrom?: number | undefined;
  /** What to take instead where a relaxation has a choice that does not matter to soundness; left out: its own choice. */
  readonly choose?: Choose | undefined;
  /** The input at a position as a function of what is uncertain; undefined where it is not known so. */
  readonly zonotope?: ((position: number) => Zonotope | undefined) | undefined;
};

/**
 * A choice of the relaxation: `initial`, or anything of that shape.
 * @param key tells the choices of one node apart
 * @param unit by how much it is worth moving; it broadcasts to the choice
 * @param range where choices outside of it are as good as its ends, or worse; both broadcast to the choice
 */
export type Choose = (key: string, initial: Value, unit: Value | number, range?: Range) => Value;
export type Range = readonly [Value | number, Value | number];

/** `initial` unless something else was chosen. */
export const chosenOr = (
  { choose }: Pick<RelaxContext, 'choose'>,
  key: string,
  initial: Value,
  unit: Value | number = 1,
  range?: Range,
): Value => choose?.(key, initial, unit, range) ?? initial;

/**
 * Rules of one operator. `lower` computes the output that is asked for with the arithmetic of ONNX Runtime's kernel, as far as the array language
 * has the same kernel. `interval` bounds it for the deployed float32 node, rounding included; it is missing where
 * the operator can only be fuzzed. `relax` relates it linearly to its inputs; without it, and where it is undefined for a
 * node, the interval serves. Outputs whose interval is an affine form (interval.ts, `affine`) need no `relax`.
 */
export type Operator = {
  readonly type: string;
  lower(context: LowerContext): Value;
  interval?(context: IntervalContext): Interval;
  relax?(context: RelaxContext): Relaxation | undefined;
  /** 'each': rules are asked for every output in turn; otherwise a node with several outputs is passed on. */
  readonly outputs?: 'each';
  /**
   * True where `interval` also bounds integer and boolean outputs: their values as floats of the bound program, exact as long
   * as they stay within +-2^24; beyond that the rule must answer with infinite bounds.
   */
  readonly integers?: true;
  /** Where bounds of the inputs tighten the relaxation: 'kink' only where 0 is strictly inside (relu); default 'everywhere'. */
  readonly tightens?: 'kink' | 'nowhere';
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
