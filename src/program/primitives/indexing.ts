// Reading and adding at computed places.
import { sameDims, showDims } from '../dims.js';
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { int, pair, three, type Value } from '../value.js';

function requireIndices({ dtype }: Value): void {
  if (dtype !== 'int64' && dtype !== 'int32') throw new ProgramError(`indices are integers, not ${dtype}`);
}

/** Indices into one axis element by element: the other axes agree. */
function requireAligned(x: Value, indices: Value, axis: number): void {
  const expected = x.shape.map((dim, at) => (at === axis ? (indices.shape[at] ?? dim) : dim));
  if (!sameDims(indices.shape, expected))
    throw new ProgramError(`indices ${showDims(indices.shape)} along axis ${axis} of ${showDims(x.shape)}`);
}

/** gather(x, indices, axis): x[..., n, ...] and int64 indices [...i] -> [..., ...i, ...]. */
const gather: Primitive = {
  infer: (inputs, attributes) => {
    const [x, indices] = pair(inputs);
    const axis = int(attributes, 'axis');
    requireIndices(indices);
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
    const flat = p.mergeInto(indices, 0);
    const updates = p.reshape(dy, [...x.shape.slice(0, axis), ...flat.shape, ...x.shape.slice(axis + 1)]);
    return [p.scatterAdd(x, flat, updates, axis), undefined];
  },
};

/** One element per index along the axis; the other axes of x and indices agree. */
const gatherElements: Primitive = {
  infer: (inputs, attributes) => {
    const [x, indices] = pair(inputs);
    requireIndices(indices);
    requireAligned(x, indices, int(attributes, 'axis'));
    return { dtype: x.dtype, shape: indices.shape };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'GatherElements', inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  gradient: (p, value, dy) => {
    const [x, indices] = pair(value.inputs);
    return [p.scatterElements(p.fillLike(x, 0), indices, dy, int(value.attributes, 'axis')), undefined];
  },
};

/** Indices and updates have the same shape; that of data differs along the axis at most. */
const inferScatter: Primitive['infer'] = (inputs, attributes) => {
  const [data, indices, updates] = three(inputs);
  requireIndices(indices);
  requireAligned(data, indices, int(attributes, 'axis'));
  if (updates.dtype !== data.dtype || !sameDims(updates.shape, indices.shape))
    throw new ProgramError(
      `scatter of ${updates.dtype}${showDims(updates.shape)} by indices ${showDims(indices.shape)} into ${data.dtype}`,
    );
  return { dtype: data.dtype, shape: data.shape };
};

/** data with updates added at the indices of one axis. */
const scatterElements: Primitive = {
  infer: inferScatter,
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

/** data with elements replaced at the indices of one axis; of updates that meet, the last stays. */
const replaceElements: Primitive = {
  infer: inferScatter,
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'ScatterElements', inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  gradient: (p, value, dy) => {
    const [, indices, updates] = three(value.inputs);
    const axis = int(value.attributes, 'axis');
    // Where updates meet, each is taken for the one that stays.
    return [
      p.replaceElements(dy, indices, p.fillLike(updates, 0), axis),
      undefined,
      p.gatherElements(dy, indices, axis),
    ];
  },
};

/** Indices may be negative, counting from the end; they must be inside the axis. */
export const indexingPrimitives = {
  gather,
  gatherElements,
  scatterElements,
  replaceElements,
} satisfies Record<string, Primitive>;
