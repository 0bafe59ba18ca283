// Looking at a graph backwards, from a value to the node that makes it.
import { isFloat } from '../../base/dtype.js';
import { sizeOf } from '../../base/shape.js';
import { type Tensor, toNumbers } from '../../base/tensor.js';
import type { Node } from '../graph.js';
import type { TypedModel, ValueType } from '../typed-model.js';

export type Search = {
  /** The node of ONNX's own that makes a value, if it is of that type. */
  maker(name: string, ...types: readonly string[]): Node | undefined;
  constant(name: string): Tensor | undefined;
  /** A float constant of one element. */
  number(name: string): number | undefined;
  typeOf(name: string): ValueType | undefined;
};

export function searchOf({ graph, folded, types }: TypedModel): Search {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constant = (name: string) => graph.constants.get(name) ?? folded.get(name);
  return {
    maker: (name, ...wanted) => {
      const node = makers.get(name);
      return node?.domain === '' && wanted.includes(node.type) ? node : undefined;
    },
    constant,
    number: (name) => {
      const found = constant(name);
      return found && isFloat(found.dtype) && sizeOf(found.shape) === 1 ? toNumbers(found)[0] : undefined;
    },
    typeOf: (name) => types.get(name),
  };
}

/** The same number in float32: what measured errors of kernels allow (ops/kernel-error.ts). */
export const near = (value: number | undefined, wanted: number): boolean =>
  value !== undefined && Math.fround(value) === Math.fround(wanted);

/** The other input of a node of two, where the test holds of one. */
export function otherInput({ inputs }: Node, test: (name: string) => boolean): string | undefined {
  const [a = '', b = ''] = inputs;
  if (test(b)) return a;
  return test(a) ? b : undefined;
}

/** Shape and type are the same, so that nothing was broadcast. */
export function sameType(search: Search, a: string, b: string): boolean {
  const [left, right] = [search.typeOf(a), search.typeOf(b)];
  if (left === undefined || right === undefined) return false;
  return left.dtype === right.dtype && left.shape.join() === right.shape.join();
}
