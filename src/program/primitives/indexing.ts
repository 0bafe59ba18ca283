// Reading and adding at computed places.
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { int, only, pair } from '../value.js';

/** gather(x, indices, axis): x[..., n, ...] and int64 indices [...i] -> [..., ...i, ...]. */
const gather: Primitive = {
  infer: (inputs, attributes) => {
    const [x, indices] = pair(inputs);
    const axis = int(attributes, 'axis');
    return {
      dtype: x.dtype,
      shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)],
    };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'Gather', inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  gradient: (p, value, dy) => {
    const [x, indices] = pair(value.inputs);
    const axis = int(value.attributes, 'axis');
    if (indices.shape.length === 1) return [p.scatterAdd(x, indices, dy, axis), undefined];
    // Only fixed index shapes reach this: the flattened axis must be known.
    const flat = p.reshape(indices, [
      indices.shape.reduce<number>((product, dim) => product * Number(dim), 1),
    ]);
    const updates = p.reshape(dy, [...x.shape.slice(0, axis), ...flat.shape, ...x.shape.slice(axis + 1)]);
    return [p.scatterAdd(x, flat, updates, axis), undefined];
  },
};

/** One element per index along the axis; the other axes of x and indices agree. */
const gatherElements: Primitive = {
  infer: (inputs) => {
    const [x, indices] = pair(inputs);
    return { dtype: x.dtype, shape: indices.shape };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'GatherElements', inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  gradient: (p, value, dy) => {
    const [x, indices] = pair(value.inputs);
    return [p.scatterElements(p.fillLike(x, 0), indices, dy, int(value.attributes, 'axis')), undefined];
  },
};

/** data with updates added at the indices of one axis; indices and updates have the same shape. */
const scatterElements: Primitive = {
  infer: (inputs) => ({ dtype: only(inputs).dtype, shape: only(inputs).shape }),
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'ScatterElements', inputs, {
      axis: attribute.int(int(value.attributes, 'axis')),
      reduction: attribute.string('add'),
    }),
  gradient: (p, value, dy) => {
    const indices = value.inputs[1];
    return [dy, undefined, indices && p.gatherElements(dy, indices, int(value.attributes, 'axis'))];
  },
};

export const indexingPrimitives = { gather, gatherElements, scatterElements } satisfies Record<
  string,
  Primitive
>;
