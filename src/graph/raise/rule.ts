// How a node of an old operator set is said in newer ones.
import type { DType } from '../../base/dtype.js';
import type { Tensor } from '../../base/tensor.js';
import type { Attribute, Node } from '../graph.js';

export type RaiseContext = {
  readonly node: Node;
  /** undefined inside subgraphs, whose values have no known types. */
  typeOf(name: string): { readonly dtype: DType; readonly shape: readonly (number | string)[] } | undefined;
  /** Writes a Constant node in front of the node, and gives the name of its value. */
  constant(role: string, value: Tensor): string;
  /** A name for a value between the nodes that replace this one. */
  between(role: string): string;
};

/** A change of operators between two operator sets. */
export type RaiseRule = {
  readonly types: readonly string[];
  /** First operator set that has the new form. */
  readonly since: number;
  raise(context: RaiseContext): readonly Node[];
};

/** The node says something that the newer operator set has no words for. */
export class CannotRaise extends Error {
  override readonly name = 'CannotRaise';
}

/** The node with other inputs, and with some attributes gone. */
export const withInputs = (node: Node, inputs: readonly string[], dropped: readonly string[] = []): Node => ({
  ...node,
  inputs,
  attributes: new Map([...node.attributes].filter(([key]) => !dropped.includes(key))),
});

/** The node with some attributes set. */
export const withAttributes = (node: Node, attributes: Readonly<Record<string, Attribute>>): Node => ({
  ...node,
  attributes: new Map([...node.attributes, ...Object.entries(attributes)]),
});

export function ints(node: Node, key: string): readonly number[] | undefined {
  const found = node.attributes.get(key);
  return found?.kind === 'ints' ? found.value : undefined;
}

/** An integer or float attribute. */
export function number(node: Node, key: string): number | undefined {
  const found = node.attributes.get(key);
  return found?.kind === 'int' || found?.kind === 'float' ? found.value : undefined;
}

export function text(node: Node, key: string): string | undefined {
  const found = node.attributes.get(key);
  return found?.kind === 'string' ? found.value : undefined;
}
