// Several models that read the same data, as one: what is said of all of them together is said of its outputs.
import {
  joined,
  type Models,
  type Named,
  type Part,
  reshape,
  rowsOf,
  separate,
  unsupported,
} from './product-parts.js';
import type { TypedModel } from './typed-model.js';

/**
 * For a row of data, which all read, the outputs of all models, flat, one after the other. Values keep their names, behind `0/`, `1/`, ... of their
 * model, and nodes their operator sets: the product can be lowered and bounded, but is no file.
 * @param where for errors
 * @throws UserError UNSUPPORTED_MODEL where outputs differ in type, or inputs cannot be shared
 */
export function productOf(given: Models, where: string): TypedModel {
  const models = given.every(({ batched }) => batched) ? given : rowsOf(given);
  const [first, ...others] = models;
  const parts = [
    separate(first, 0),
    ...others.map((model, at) => fed(separate(model, at + 1), model, at + 1, first, where)),
  ];
  return joined(parts, models, { ...first.input, name: `0/${first.input.name}` }, where);
}

/** The part with the first model's data as its own, in the shape that it takes. */
function fed(part: Part, model: TypedModel, at: number, first: TypedModel, where: string): Part {
  const from = onlyInput(first, 0, where);
  const to = onlyInput(model, at, where);
  if (from.dtype !== to.dtype)
    throw unsupported(where, `one network takes ${from.dtype}, and another ${to.dtype}`);
  const { node, constants, types } = reshape(from, to, model.batched);
  return {
    ...part,
    graph: {
      inputs: [],
      constants: new Map([...part.graph.constants, ...constants]),
      nodes: [node, ...part.graph.nodes],
    },
    types: new Map([...part.types, ...types]),
  };
}

function onlyInput({ graph, types }: TypedModel, at: number, where: string): Named {
  const [only, ...others] = graph.inputs;
  const type = types.get(only?.name ?? '');
  if (only === undefined || type === undefined || others.length > 0)
    throw unsupported(where, 'a network has several inputs, which cannot be shared');
  return { name: `${at}/${only.name}`, ...type };
}
