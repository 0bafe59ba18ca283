// Movement of elements without arithmetic: reshape, transpose, concat, slice, pad, expand.
import { float32, float64, int64, tensor } from '../../base/tensor.js';
import { type Dim, type Dims, isStatic, showDims } from '../dims.js';
import { attribute, type Emitter, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { int, ints, only, pair, type Value } from '../value.js';

/** Attributes hold symbolic dimensions as strings. */
const parseDims = (value: unknown): Dim[] =>
  String(value)
    .split(',')
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const reshape: Primitive = {
  infer: (inputs, { to }) => {
    const x = only(inputs);
    const shape = parseDims(to);
    if (shape.filter((dim) => typeof dim === 'string').length > 1) {
      throw new ProgramError(
        `reshape of ${showDims(x.shape)} to ${showDims(shape)}: more than one open dimension`,
      );
    }
    if (isStatic(x.shape) !== isStatic(shape) || !sameSize(x.shape, shape)) {
      throw new ProgramError(`reshape of ${showDims(x.shape)} to ${showDims(shape)}`);
    }
    return { dtype: x.dtype, shape };
  },
  emit: (emitter, value, inputs) => {
    const target = value.shape.map((dim) => (typeof dim === 'string' ? -1 : dim));
    return emitOne(emitter, 'Reshape', [...inputs, emitter.constant(int64(target))]);
  },
  gradient: (p, value, dy) => [p.reshape(dy, only(value.inputs).shape)],
};

/** Open dimensions with other names stand for products (`batch` times 4, say) and cannot be compared. */
function sameSize(a: Dims, b: Dims): boolean {
  const known = (dims: Dims) =>
    dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  const open = (dims: Dims) => dims.filter((dim) => typeof dim === 'string').join();
  return open(a) !== open(b) || known(a) === known(b);
}

const transpose: Primitive = {
  infer: (inputs, attributes) => {
    const x = only(inputs);
    const shape = ints(attributes, 'order').map((axis) => x.shape[axis] ?? 1);
    if (shape.length !== x.shape.length)
      throw new ProgramError(`transpose of ${showDims(x.shape)} by ${shape.length} axes`);
    return { dtype: x.dtype, shape };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'Transpose', inputs, { perm: attribute.ints(ints(value.attributes, 'order')) }),
  gradient: (p, value, dy) => {
    const order = ints(value.attributes, 'order');
    return [
      p.transpose(
        dy,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
};

const concat: Primitive = {
  infer: (inputs, attributes) => {
    const axis = int(attributes, 'axis');
    const total = inputs.reduce((sum, value) => sum + Number(value.shape[axis]), 0);
    const first = only(inputs);
    if (Number.isNaN(total))
      throw new ProgramError(`concat along the open axis ${axis} of ${showDims(first.shape)}`);
    return { dtype: first.dtype, shape: first.shape.map((dim, at) => (at === axis ? total : dim)) };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'Concat', inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  gradient: (p, value, dy) => {
    const axis = int(value.attributes, 'axis');
    let start = 0;
    return value.inputs.map((input) => {
      const end = start + Number(input.shape[axis]);
      const part = p.slice(dy, axis, start, end);
      start = end;
      return part;
    });
  },
};

/** Every `step`-th element from `start` to `end` (exclusive) of one axis of fixed size. */
const slice: Primitive = {
  infer: (inputs, attributes) => {
    const x = only(inputs);
    const size = Math.ceil((int(attributes, 'end') - int(attributes, 'start')) / int(attributes, 'step'));
    return {
      dtype: x.dtype,
      shape: x.shape.map((dim, axis) => (axis === int(attributes, 'axis') ? size : dim)),
    };
  },
  emit: (emitter, { attributes }, inputs) => {
    const parameter = (key: string) => emitter.constant(int64([int(attributes, key)]));
    return emitOne(emitter, 'Slice', [...inputs, ...['start', 'end', 'axis', 'step'].map(parameter)]);
  },
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    const { start, end, axis, step } = value.attributes;
    const places: number[] = [];
    for (let at = Number(start); at < Number(end); at += Number(step)) places.push(at);
    return [p.scatterAdd(x, p.constant(int64(places)), dy, Number(axis))];
  },
};

/** Constant padding, `before` and `after` per axis. */
const pad: Primitive = {
  infer: (inputs, attributes) => {
    const x = only(inputs);
    const [before, after] = [ints(attributes, 'before'), ints(attributes, 'after')];
    const grown = (dim: Dim, axis: number) => {
      const extra = (before[axis] ?? 0) + (after[axis] ?? 0);
      if (extra !== 0 && typeof dim === 'string') throw new ProgramError(`pad of the open axis ${axis}`);
      return typeof dim === 'string' ? dim : dim + extra;
    };
    return { dtype: x.dtype, shape: x.shape.map(grown) };
  },
  emit: (emitter, value, inputs) => {
    const pads = int64([...ints(value.attributes, 'before'), ...ints(value.attributes, 'after')]);
    const fill = [int(value.attributes, 'value')];
    const constant = value.dtype === 'float64' ? float64(fill, []) : float32(fill, []);
    return emitOne(emitter, 'Pad', [...inputs, emitter.constant(pads), emitter.constant(constant)]);
  },
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    const before = ints(value.attributes, 'before');
    const cut = (from: Value, dim: Dim, axis: number) =>
      typeof dim === 'string' || dim === from.shape[axis]
        ? from
        : p.slice(from, axis, before[axis] ?? 0, (before[axis] ?? 0) + dim);
    return [x.shape.reduce(cut, dy)];
  },
};

const shapeOf = (emitter: Emitter, input: string | undefined): string =>
  emitOne(emitter, 'Shape', [input ?? '']);

/** Broadcasts the first input to the shape of the second, whose elements are not read. */
const expandLike: Primitive = {
  infer: (inputs) => {
    const [x, like] = pair(inputs);
    return { dtype: x.dtype, shape: like.shape };
  },
  emit: (emitter, _value, [x, like]) => emitOne(emitter, 'Expand', [x ?? '', shapeOf(emitter, like)]),
  gradient: (p, value, dy) => [p.sumTo(dy, only(value.inputs).shape), undefined],
};

/** A tensor of the input's shape, filled with one number. */
const fillLike: Primitive = {
  infer: (inputs, { dtype }) => ({
    dtype: dtype === 'float64' ? 'float64' : 'float32',
    shape: only(inputs).shape,
  }),
  emit: (emitter, value, [like]) => {
    const fill = [Number(value.attributes.value)];
    const constant =
      value.dtype === 'float64' ? tensor('float64', [1], Float64Array.from(fill)) : float32(fill, [1]);
    return emitOne(emitter, 'ConstantOfShape', [shapeOf(emitter, like)], {
      value: attribute.tensor(constant),
    });
  },
  gradient: () => [undefined],
};

export const layoutPrimitives = {
  reshape,
  transpose,
  concat,
  slice,
  pad,
  expandLike,
  fillLike,
} satisfies Record<string, Primitive>;
