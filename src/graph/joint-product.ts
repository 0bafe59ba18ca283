// Several models with inputs of their own, as one whose input is a vector of coordinates: an element of a model's input is a
// coordinate, or the sum of two. Elements that are always equal share one; one that stays near another is it, and a difference.
import { int64, type Tensor } from '../base/tensor.js';
import type { Node } from './graph.js';
import { elementsPerRow, fileInputs } from './inputs.js';
import {
  joined,
  type Models,
  type Named,
  nodeOf,
  type Part,
  reshape,
  rowsOf,
  separate,
  unsupported,
} from './product-parts.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** One element of an input: the coordinate `base`, with the coordinate `offset` added where there is one. */
export type Source = { readonly base: number; readonly offset?: number };

const coordinates = 'coordinates';

/**
 * For a row of coordinates the outputs of all models, flat, one after the other. As for `productOf`, values keep their names behind
 * the number of their model.
 * @param sources elements of the inputs of all models, one model after the other, each with its inputs in the order of the file
 * @param count of coordinates
 * @param where for errors
 * @throws UserError UNSUPPORTED_MODEL where outputs differ in type, or an input is not float32
 */
export function jointProductOf(
  given: Models,
  sources: readonly Source[],
  count: number,
  where: string,
): TypedModel {
  const isBatched = given.every(({ batched }) => batched);
  const models = isBatched ? given : rowsOf(given);
  const input: Named = { name: coordinates, dtype: 'float32', shape: [isBatched ? 'batch' : 1, count] };
  let from = 0;
  const parts = models.map((model, at) => {
    const size = fileInputs(model).reduce((sum, each) => sum + elementsPerRow(each, model.batched), 0);
    const own = sources.slice(from, from + size);
    from += size;
    return fed(separate(model, at), model, at, { own, input, where });
  });
  const product = joined(parts, models, input, where);
  return {
    ...product,
    graph: { ...product.graph, inputs: [input] },
    types: new Map([...product.types, [coordinates, input]]),
  };
}

type Feed = { readonly own: readonly Source[]; readonly input: Named; readonly where: string };

/** The part with its inputs computed from the coordinates. */
function fed(part: Part, model: TypedModel, at: number, { own, input, where }: Feed): Part {
  const steps = new Steps(model.batched);
  let from = 0;
  for (const { name, dtype, shape } of fileInputs(model)) {
    if (dtype !== 'float32')
      throw unsupported(
        where,
        `the input "${name}" of a network is ${dtype}; only float32 inputs are joined`,
      );
    const size = elementsPerRow({ name, dtype, shape }, model.batched);
    const target = { name: `${at}/${name}`, dtype, shape };
    steps.reshape(assembled(steps, target.name, input, own.slice(from, from + size)), target);
    from += size;
  }
  return {
    ...part,
    graph: {
      inputs: [],
      constants: new Map([...part.graph.constants, ...steps.constants]),
      nodes: [...steps.nodes, ...part.graph.nodes],
    },
    types: new Map([...part.types, ...steps.types]),
  };
}

/** As rows of elements. Those without a second coordinate are only moved: they stay exact. */
function assembled(steps: Steps, name: string, input: Named, sources: readonly Source[]): Named {
  const places = [...sources.keys()];
  const isMoved = (at: number) => sources[at]?.offset !== undefined;
  const [kept, moved] = [places.filter((at) => !isMoved(at)), places.filter(isMoved)];
  const basesOf = (some: readonly number[]) => some.map((at) => sources[at]?.base ?? 0);
  if (moved.length === 0) return steps.gather(`${name}/kept`, input, basesOf(kept));
  const from = steps.gather(`${name}/from`, input, basesOf(moved));
  const offsets = moved.map((at) => sources[at]?.offset ?? 0);
  const by = steps.gather(`${name}/by`, input, offsets);
  const sum = steps.node('Add', [from, by], `${name}/sum`, moved.length);
  if (kept.length === 0) return sum;
  const still = steps.gather(`${name}/kept`, input, basesOf(kept));
  const all = steps.node('Concat', [still, sum], `${name}/all`, places.length, 1);
  const placeIn = new Map([...kept, ...moved].map((at, place) => [at, place]));
  const order = places.map((at) => placeIn.get(at) ?? 0);
  return steps.gather(`${name}/ordered`, all, order);
}

/** Nodes in front of a part, on rows of elements. */
class Steps {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly types = new Map<string, ValueType>();

  constructor(readonly batched: boolean) {}

  node(type: string, inputs: readonly Named[], name: string, size: number, axis?: number): Named {
    const value: Named = { name, dtype: 'float32', shape: [this.batched ? 'batch' : 1, size] };
    this.types.set(name, value);
    const names = inputs.map((input) => input.name);
    this.nodes.push(nodeOf(type, names, name, axis));
    return value;
  }

  gather(name: string, from: Named, places: readonly number[]): Named {
    if (places.length === from.shape[1] && places.every((place, at) => place === at)) return from;
    const indices = int64(places);
    const list: Named = { name: `${name}/places`, dtype: 'int64', shape: indices.shape };
    this.constants.set(list.name, indices);
    this.types.set(list.name, list);
    return this.node('Gather', [from, list], name, places.length, 1);
  }

  reshape(from: Named, to: Named): void {
    const { node, constants, types } = reshape(from, to, this.batched);
    this.nodes.push(node);
    for (const [name, value] of constants) this.constants.set(name, value);
    for (const [name, type] of types) this.types.set(name, type);
  }
}
