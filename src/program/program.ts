// The array language: a program is built value by value; compile.ts turns it into one ONNX Runtime session.
import type { DType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import { convByMatmul, convTransposeByMatmul, type Window } from './convolution.js';
import { axisOf, broadcastAxes, type Dim, type Dims, productDim, sameDims, showDims } from './dims.js';
import { isOrder, reshapedOnce, simplified, uncut } from './identities.js';
import { attributesKey, contentKey, filled } from './keys.js';
import { type PrimitiveName, primitiveOf } from './primitives/index.js';
import { ProgramError } from './program-error.js';
import { type Attributes, type Foreign, ints, only, type Typed, type Value } from './value.js';

/** A number stands for a constant of the other operand's dtype. */
export type Operand = Value | number;

/** Per spatial axis; pads are all begins, then all ends. */
export type Pooling = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
};

/** Equal expressions are built once: every method returns the earlier value where there is one. */
export class Program {
  readonly #byKey = new Map<string, Value>();
  readonly #scalars = new Map<string, Value>();
  readonly #identities = new Map<object, number>();
  #next = 0;

  /**
   * An input of the program; the leading axis is usually the symbol `batch`.
   * Throws ProgramError where the name already belongs to an input of another type.
   */
  input(name: string, dtype: DType, shape: Dims): Value {
    const value = this.#make('input', [], { name }, { dtype, shape });
    if (value.dtype !== dtype || !sameDims(value.shape, shape))
      throw new ProgramError(
        `input "${name}" is ${value.dtype}${showDims(value.shape)} and ${dtype}${showDims(shape)}`,
      );
    return value;
  }

  /** A constant. Its array belongs to the program from now on: writing to it changes the program or not, at random. */
  constant(value: Tensor): Value {
    const key = contentKey(value, (array) => this.#identity(array));
    return this.#make('constant', [], {}, value, key, { constant: value });
  }

  /** A constant without axes. Throws ProgramError where the type cannot hold the number. */
  scalar(dtype: DType, value: number): Value {
    const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`;
    const known = this.#scalars.get(key) ?? this.constant(filled(dtype, [], value));
    this.#scalars.set(key, known);
    return known;
  }

  /** All outputs of nodes that are passed on as they stand. */
  opaque(foreign: Foreign, inputs: readonly Value[]): Value[] {
    const key = this.#foreignKey(foreign);
    return foreign.outputs.map(({ dtype, shape }, output) =>
      this.#make('opaque', inputs, { output }, { dtype, shape }, key, { foreign }),
    );
  }

  // Element-wise.
  neg = (x: Value): Value => this.#apply('neg', [x]);
  abs = (x: Value): Value => this.#apply('abs', [x]);
  sqrt = (x: Value): Value => this.#apply('sqrt', [x]);
  exp = (x: Value): Value => this.#apply('exp', [x]);
  log = (x: Value): Value => this.#apply('log', [x]);
  reciprocal = (x: Value): Value => this.#apply('reciprocal', [x]);
  sigmoid = (x: Value): Value => this.#apply('sigmoid', [x]);
  tanh = (x: Value): Value => this.#apply('tanh', [x]);
  relu = (x: Value): Value => this.#apply('relu', [x]);
  softplus = (x: Value): Value => this.#apply('softplus', [x]);
  sin = (x: Value): Value => this.#apply('sin', [x]);
  cos = (x: Value): Value => this.#apply('cos', [x]);
  erf = (x: Value): Value => this.#apply('erf', [x]);
  sign = (x: Value): Value => this.#apply('sign', [x]);
  floor = (x: Value): Value => this.#apply('floor', [x]);
  ceil = (x: Value): Value => this.#apply('ceil', [x]);
  round = (x: Value): Value => this.#apply('round', [x]);
  /** The value itself, constant to derivatives. */
  detach = (x: Value): Value => this.#apply('detach', [x]);
  isNaN = (x: Value): Value => this.#apply('isNaN', [x]);
  isInf = (x: Value): Value => this.#apply('isInf', [x]);
  not = (x: Value): Value => this.#apply('not', [x]);
  add = (a: Operand, b: Operand): Value => this.#binary('add', a, b);
  sub = (a: Operand, b: Operand): Value => this.#binary('sub', a, b);
  mul = (a: Operand, b: Operand): Value => this.#binary('mul', a, b);
  div = (a: Operand, b: Operand): Value => this.#binary('div', a, b);
  pow = (a: Operand, b: Operand): Value => this.#binary('pow', a, b);
  max = (a: Operand, b: Operand): Value => this.#binary('max', a, b);
  min = (a: Operand, b: Operand): Value => this.#binary('min', a, b);
  greater = (a: Operand, b: Operand): Value => this.#binary('greater', a, b);
  greaterOrEqual = (a: Operand, b: Operand): Value => this.#binary('greaterOrEqual', a, b);
  less = (a: Operand, b: Operand): Value => this.#binary('less', a, b);
  lessOrEqual = (a: Operand, b: Operand): Value => this.#binary('lessOrEqual', a, b);
  equal = (a: Operand, b: Operand): Value => this.#binary('equal', a, b);
  and = (a: Value, b: Value): Value => this.#apply('and', [a, b]);
  or = (a: Value, b: Value): Value => this.#apply('or', [a, b]);

  /** a where the condition holds, else b; all broadcast. */
  where(condition: Value, a: Operand, b: Operand): Value {
    const [left, right] = this.#operands(a, b);
    return this.#apply('where', [condition, left, right]);
  }

  /** As C++ casts: towards zero from float to integer, where NaN and what is out of range gives any number. */
  cast(x: Value, to: DType): Value {
    if (x.dtype === to) return x;
    const [source] = x.attributes.whole === true ? x.inputs : [];
    return source?.dtype === to ? source : this.#apply('cast', [x], { to });
  }

  /** A cast of whole numbers that the type holds: casting back gives the very value, with its derivative. */
  castWhole(x: Value, to: DType): Value {
    return x.dtype === to ? x : this.#apply('cast', [x], { to, whole: true });
  }

  // Reductions keep their axes with size 1, but for argMax, which drops its axis.
  reduceSum = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceSum', x, axes);
  reduceMean = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMean', x, axes);
  /** These two can lose NaN, as maxPool can. */
  reduceMax = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMax', x, axes);
  reduceMin = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMin', x, axes);
  argMax = (x: Value, axis: number): Value => this.#apply('argMax', [x], { axis: axisOf(axis, x.shape) });
  softmax = (x: Value, axis: number): Value => this.#apply('softmax', [x], { axis: axisOf(axis, x.shape) });
  logSoftmax = (x: Value, axis: number): Value =>
    this.#apply('logSoftmax', [x], { axis: axisOf(axis, x.shape) });

  // Linear algebra.
  /** [...b, m, k] x [...b, k, n] -> [...b, m, n], leading axes broadcast. */
  matmul = (a: Value, b: Value): Value => this.#apply('matmul', [a, b]);

  /** x [batch, c, ...s], w [m, c / group, ...k] -> [batch, m, ...o]. */
  conv(x: Value, w: Value, window: Window): Value {
    return x.dtype === 'float32'
      ? this.#apply('conv', [x, w], { ...window })
      : convByMatmul(this, x, w, window);
  }

  /** x [batch, m, ...o], w [m, c / group, ...k] -> [batch, c, ...s]; output padding below the strides. */
  convTranspose(x: Value, w: Value, window: Window, outputPadding: readonly number[]): Value {
    return x.dtype === 'float32'
      ? this.#apply('convTranspose', [x, w], { ...window, outputPadding })
      : convTransposeByMatmul(this, x, w, window, outputPadding);
  }

  /** x [batch, c, ...s] -> [batch, c, ...o]. ONNX Runtime's kernel can lose NaN: see test/laws/program/special-values.test.ts. */
  maxPool = (x: Value, pooling: Pooling): Value => this.#apply('maxPool', [x], { ...pooling });
  /** The mean of each channel: x [batch, c, ...s] -> [batch, c, ...1]; sizes s are fixed. */
  globalAveragePool = (x: Value): Value => this.#apply('globalAveragePool', [x]);
  /** Where `pooled`, the result of maxPool, took its elements from. */
  maxPoolIndices = (pooled: Value): Value => this.#apply('maxPoolIndices', pooled.inputs, pooled.attributes);

  // Layout.
  /** Same elements in row-major order. Each open dimension but one must be an open dimension of x, or of `like`. */
  reshape(x: Value, to: Dims, like?: Value): Value {
    if (sameDims(x.shape, to)) return x;
    const source = reshapedOnce(x, to);
    if (source !== x) return this.reshape(source, to);
    const isAbsent = (dim: Dim) => typeof dim === 'string' && !x.shape.includes(dim);
    const sizes = like === undefined || to.filter(isAbsent).length <= 1 ? [] : [like];
    return this.#apply('reshape', [x, ...sizes], { to: to.join() });
  }

  /** Axis i of the result is axis order[i] of x. */
  transpose(x: Value, order: readonly number[]): Value {
    const unchanged = order.length === x.shape.length && order.every((axis, at) => axis === at);
    if (unchanged) return x;
    const inner = x.primitive === 'transpose' && isOrder(order, x.shape.length) ? x : undefined;
    if (inner === undefined) return this.#apply('transpose', [x], { order });
    const before = ints(inner.attributes, 'order');
    return this.transpose(
      only(inner.inputs),
      order.map((axis) => before[axis] ?? axis),
    );
  }

  /** Swaps the last two axes. */
  transposeLast(x: Value): Value {
    const last = x.shape.length - 1;
    return this.transpose(
      x,
      x.shape.map((_, axis) => (axis < last - 1 ? axis : 2 * last - 1 - axis)),
    );
  }

  /** Merges all axes from `axis` on into one. */
  mergeInto(x: Value, axis: number): Value {
    return this.reshape(x, [...x.shape.slice(0, axis), productDim(x.shape.slice(axis))]);
  }

  /** Merges all axes but the last into one. */
  flattenRows(x: Value): Value {
    const last = x.shape.length - 1;
    return this.reshape(x, [productDim(x.shape.slice(0, last)), ...x.shape.slice(last)]);
  }

  /** Joins values along an axis; a derivative needs its sizes to be fixed. */
  concat(values: readonly Value[], axis: number): Value {
    const first = only(values);
    const along = axisOf(axis, first.shape);
    if (values.length === 1) return first;
    return uncut(values, along) ?? this.#apply('concat', values, { axis: along });
  }

  /** Every `step`-th element from `start` to `end` (exclusive) of one axis of fixed size; bounds inside the axis, step > 0. */
  slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
    const normal = axisOf(axis, x.shape);
    return start === 0 && end === x.shape[normal] && step === 1
      ? x
      : this.#apply('slice', [x], { axis: normal, start, end, step });
  }

  /** All of x, cut into pieces of these sizes along one axis of fixed size. */
  split(x: Value, axis: number, sizes: readonly number[]): Value[] {
    const along = axisOf(axis, x.shape);
    return sizes.length === 1
      ? [x]
      : sizes.map((_, at) => this.#apply('piece', [x], { axis: along, sizes, at }));
  }

  /** Constant padding: `before` and `after` count per axis, none below zero. */
  pad(x: Value, before: readonly number[], after: readonly number[], value: number): Value {
    const counts = [...before, ...after];
    return counts.length === 2 * x.shape.length && counts.every((count) => count === 0)
      ? x
      : this.#apply('pad', [x], { before, after, value });
  }

  /** x broadcast to the shape of `like`. */
  expandLike(x: Value, like: Value): Value {
    return sameDims(x.shape, like.shape) ? x : this.#apply('expandLike', [x, like]);
  }

  /** A copy of x for each row of `like`: [...d], [rows, ...] -> [rows, ...d]. */
  repeatLike(x: Value, like: Value): Value {
    return this.#apply('repeatLike', [x, like]);
  }

  /** x broadcast to a shape, whose open dimensions x must have at the same place. */
  expand(x: Value, to: Dims): Value {
    return sameDims(x.shape, to) ? x : this.#apply('expand', [x], { to: to.join() });
  }

  /** One number in the shape and dtype of `like`. */
  fillLike(like: Value, value: number): Value {
    return this.#apply('fillLike', [like], { value });
  }

  /** Sums over the axes that broadcasting `to` to the shape of `x` added or stretched. */
  sumTo(x: Value, to: Dims): Value {
    const axes = broadcastAxes(x.shape, to);
    return axes.length === 0 ? x : this.reshape(this.reduceSum(x, axes), to);
  }

  // Indexing.
  /** x [..., n, ...], indices [...i] -> [..., ...i, ...]; indices may be open. */
  gather = (x: Value, indices: Value, axis: number): Value =>
    this.#apply('gather', [x, indices], { axis: axisOf(axis, x.shape) });
  /** One element of x per index along the axis: the shape of indices. */
  gatherElements = (x: Value, indices: Value, axis: number): Value =>
    this.#apply('gatherElements', [x, indices], { axis: axisOf(axis, x.shape) });
  /** data with updates added at the indices along the axis. */
  scatterElements = (data: Value, indices: Value, updates: Value, axis: number): Value =>
    this.#apply('scatterElements', [data, indices, updates], { axis: axisOf(axis, data.shape) });

  /** data with elements replaced at the indices along the axis; of updates that meet, the last stays. */
  replaceElements = (data: Value, indices: Value, updates: Value, axis: number): Value =>
    this.#apply('replaceElements', [data, indices, updates], { axis: axisOf(axis, data.shape) });

  /** Zeros of the shape of `like`, with updates[..., i, ...] added at indices[i] of the axis; indices may repeat. */
  scatterAdd(like: Value, indices: Value, updates: Value, axis: number): Value {
    const normal = axisOf(axis, updates.shape);
    const column = updates.shape.map((_, at) => (at === normal ? (indices.shape[0] ?? 1) : 1));
    const full = this.expandLike(this.reshape(indices, column), updates);
    return this.scatterElements(this.fillLike(like, 0), full, updates, normal);
  }

  /** The primitive of a value on other inputs: what transformations of whole programs are made of. */
  again(value: Value, inputs: readonly Value[], attributes: Attributes = value.attributes): Value {
    return this.#apply(value.primitive as PrimitiveName, inputs, attributes);
  }

  /** Maps values to the same expressions with some values replaced. `values` holds all they need, inputs first. */
  rebuild(values: readonly Value[], replaced: ReadonlyMap<Value, Value>): (value: Value) => Value {
    const result = new Map(replaced);
    const map = (value: Value): Value => result.get(value) ?? value;
    for (const value of values)
      if (!result.has(value)) result.set(value, this.onInputs(value, value.inputs.map(map)));
    return map;
  }

  /** The value on other inputs of the same types and shapes; itself on its own. */
  onInputs(value: Value, inputs: readonly Value[]): Value {
    if (inputs.every((input, at) => input === value.inputs[at])) return value;
    const key = value.foreign === undefined ? '' : this.#foreignKey(value.foreign);
    const payload = value.foreign === undefined ? {} : { foreign: value.foreign };
    return this.#make(value.primitive as PrimitiveName, inputs, value.attributes, value, key, payload);
  }

  #binary(name: PrimitiveName, a: Operand, b: Operand): Value {
    return this.#apply(name, this.#operands(a, b));
  }

  #operands(a: Operand, b: Operand): [Value, Value] {
    if (typeof a === 'number') {
      if (typeof b === 'number') throw new ProgramError('two numbers need no program');
      return [this.scalar(b.dtype, a), b];
    }
    return [a, typeof b === 'number' ? this.scalar(a.dtype, b) : b];
  }

  #reduce(name: PrimitiveName, x: Value, axes: readonly number[]): Value {
    const normal = [...new Set(axes.map((axis) => axisOf(axis, x.shape)))].sort((a, b) => a - b);
    return normal.length === 0 ? x : this.#apply(name, [x], { axes: normal });
  }

  #apply(name: PrimitiveName, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const typed = primitiveOf(name).infer(inputs, attributes);
    const same = simplified(this, name, inputs);
    if (same !== undefined && same.dtype === typed.dtype && sameDims(same.shape, typed.shape)) return same;
    return this.#make(name, inputs, attributes, typed);
  }

  #make(
    primitive: PrimitiveName,
    inputs: readonly Value[],
    attributes: Attributes,
    { dtype, shape }: Typed,
    extraKey = '',
    payload: Pick<Value, 'constant' | 'foreign'> = {},
  ): Value {
    let key: string = primitive;
    for (const input of inputs) key += `,${input.id}`;
    key += `|${attributesKey(attributes)}|${extraKey}`;
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    const isConstant =
      primitive !== 'input' && primitive !== 'opaque' && inputs.every((value) => value.isConstant);
    const value = { id: this.#next++, primitive, inputs, attributes, dtype, shape, isConstant, ...payload };
    this.#byKey.set(key, value);
    return value;
  }

  #foreignKey(foreign: Foreign): string {
    const { type, origin, outputs, opsets } = foreign;
    if (origin === undefined) return `${type} ${this.#identity(foreign)}`;
    return `${type} ${this.#identity(origin)} ${JSON.stringify([outputs, [...opsets]])}`;
  }

  #identity(object: object): number {
    const known = this.#identities.get(object) ?? this.#identities.size;
    this.#identities.set(object, known);
    return known;
  }
}
