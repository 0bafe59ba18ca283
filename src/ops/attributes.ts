// Typed reading of a node's attributes, with the defaults of the ONNX specification.
import type { Node } from '../graph/graph.js';

export function intAttribute(node: Node, name: string, fallback: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'int' ? found.value : fallback;
}

/** A float32, and so is what it is where it is left out. */
export function floatAttribute(node: Node, name: string, fallback: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'float' ? found.value : Math.fround(fallback);
}

export function intsAttribute(node: Node, name: string): readonly number[] | undefined {
  const found = node.attributes.get(name);
  return found?.kind === 'ints' ? found.value : undefined;
}

export function stringAttribute(node: Node, name: string, fallback: string): string {
  const found = node.attributes.get(name);
  return found?.kind === 'string' ? found.value : fallback;
}
