// Values that hold the elements of an image, perhaps in another order: bounds of theirs are bounds of the image's.
import { sizeOf } from '../../../base/shape.js';
import type { Node } from '../../../graph/graph.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { intAttribute, intsAttribute } from '../../../ops/attributes.js';

export type Image = {
  readonly name: string;
  /** The image's element that an element of the value is. */
  elementOf(element: number): number;
};

const sameOrder = new Set(['Flatten', 'Reshape', 'Identity', 'Squeeze', 'Unsqueeze']);

/** What a value is a rearrangement of, as far back as that goes; the value itself where it is none. */
export function imageOf(model: TypedModel, name: string): Image {
  let image: Image = { name, elementOf: (element) => element };
  for (const node of model.graph.nodes.toReversed()) {
    if (node.outputs[0] !== image.name || node.domain !== '') continue;
    const moved = sourceOf(model, node);
    if (moved === undefined) break;
    const { elementOf } = image;
    image = { name: moved.name, elementOf: (element) => moved.elementOf(elementOf(element)) };
  }
  return image;
}

function sourceOf(model: TypedModel, node: Node): Image | undefined {
  const [name = ''] = node.inputs;
  const shape = shapeOf(model, name);
  if (sizeOf(shape) !== sizeOf(shapeOf(model, node.outputs[0] ?? ''))) return undefined;
  if (sameOrder.has(node.type) || takesAllOfOne(node, shape))
    return { name, elementOf: (element) => element };
  if (node.type !== 'Transpose') return undefined;
  const places = transposed(shape, intsAttribute(node, 'perm') ?? shape.map((_, axis) => axis).toReversed());
  return { name, elementOf: (element) => places[element] ?? 0 };
}

/** What takes the one element along an axis of length 1. */
const takesAllOfOne = (node: Node, shape: readonly number[]): boolean =>
  node.type === 'Gather' && shape.at(intAttribute(node, 'axis', 0)) === 1;

const shapeOf = ({ types }: TypedModel, name: string): number[] => (types.get(name)?.shape ?? []).map(Number);

/** For every element of the transposed value, its place in the value of that shape. */
function transposed(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const places = new Int32Array(sizeOf(shape));
  const index = axes.map(() => 0);
  for (let at = 0; at < places.length; at++) {
    places[at] = index.reduce((sum, place, axis) => sum + place * (strides[axes[axis] ?? 0] ?? 0), 0);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next < (shape[axes[axis] ?? 0] ?? 1) ? next : 0;
      if (index[axis] !== 0) break;
    }
  }
  return places;
}
