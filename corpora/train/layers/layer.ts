// What a layer is: parameters, a forward pass in the array language, an interval pass, and a node of the ONNX file.
import type { Shape } from '../../../src/base/shape.js';
import type { Attribute, Node } from '../../../src/graph/graph.js';
import type { Program } from '../../../src/program/program.js';
import type { Value } from '../../../src/program/value.js';

export type Parameter = {
  /** Name of the initialiser in the ONNX file. */
  readonly name: string;
  readonly shape: Shape;
  /** Standard deviation at the start of training; 0 for biases. */
  readonly deviation: number;
};

/** Looks a parameter of the layer up by name. */
export type Weights = (name: string) => Value;

/** Midpoint and half-width of a box, both [batch, ...d]. */
export type Box = { readonly mid: Value; readonly rad: Value };

export type Layer = {
  /** Name of its node. */
  readonly name: string;
  /** Operator. */
  readonly type: string;
  readonly parameters: readonly Parameter[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  forward(p: Program, x: Value, weights: Weights): Value;
  /** Box of outputs, in exact arithmetic; absent where no model is trained through it. */
  interval?(p: Program, x: Box, weights: Weights): Box;
};

export const nodeOf = (
  { name, type, attributes }: Pick<Layer, 'name' | 'type' | 'attributes'>,
  inputs: readonly string[],
  output: string,
): Node => ({ name, type, domain: '', inputs, outputs: [output], attributes });

/** He et al., arXiv 1502.01852: keeps the variance of activations through Relu. */
export const heDeviation = (fanIn: number): number => Math.sqrt(2 / fanIn);
