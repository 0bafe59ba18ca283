// The array language: a program is built value by value; compile.ts turns it into one ONNX Runtime session.
import type { DType } from '../base/dtype.js';
import { normalAxis } from '../base/shape.js';
import { float32, float64, int64, type Tensor, tensor } from '../base/tensor.js';
import { convByMatmul, convTransposeByMatmul, type Window } from './convolution.js';
import { broadcastAxes, type Dim, type Dims, sameDims, showDims } from './dims.js';
import { type PrimitiveName, primitiveOf } from './primitives/index.js';
import { ProgramError } from './program-error.js';
import type { Attributes, ForeignNode, Typed, Value } from './value.js';

/** A number stands for a constant of the other operand's dtype. */
export type Operand = Value | number;

export type Pooling = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
};

/** Equal expressions are built once: every method returns the earlier value where there is one. */
export class Program {
  readonly #byKey = new Map<string, Value>();
  readonly #identities = new Map<object, number>();
  #next = 0;

  /** An input of the program; the leading axis is usually the symbol `batch`. */
  input(name: string, dtype: DType, shape: Dims): Value {
    return this.#make('input', [], { name }, { dtype, shape }, `${name}`);
  }

  constant(value: Tensor): Value {
    return this.#make('constant', [], {}, value, this.#contentKey(value), { constant: value });
  }

  scalar(dtype: DType, value: number): Value {
    switch (dtype) {
      case 'float64':
        return this.constant(float64([value], []));
      case 'int64':
        return this.constant(int64([value], []));
      case 'int32':
        return this.constant(tensor('int32', [], Int32Array.of(value)));
      default:
        return this.constant(float32([value], []));
    }
  }

  /** All outputs of a node that is passed on unchanged; omitted inputs are left out of `inputs`. */
  opaque(node: ForeignNode, inputs: readonly Value[]): Value[] {
    const key = `${node.type} ${this.#identity(node)}`;
    return node.outputs.map((typed, output) =>
      this.#make('opaque', inputs, { output }, typed, key, { foreign: node }),
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
  sign = (x: Value): Value => this.#apply('sign', [x]);
  floor = (x: Value): Value => this.#apply('floor', [x]);
  ceil = (x: Value): Value => this.#apply('ceil', [x]);
  round = (x: Value): Value => this.#apply('round', [x]);
  isNaN = (x: Value): Value => this.#apply('isNaN', [x]);
  isInf = (x: Value): Value => this.#apply('isInf', [x]);
  not = (x: Value): Value => this.#apply('not', [x]);
  add = (a: Operand, b: Operand): Value => this.#binary('add', a, b);
  sub = (a: Operand, b: Operand): Value => this.#binary('sub', a, b);
  mul = (a: Operand, b: Operand): Value => this.#binary('mul', a, b);
  div = (a: Operand, b: Operand): Value => this.#binary('div', a, b);
  max = (a: Operand, b: Operand): Value => this.#binary('max', a, b);
  min = (a: Operand, b: Operand): Value => this.#binary('min', a, b);
  greater = (a: Operand, b: Operand): Value => this.#binary('greater', a, b);
  greaterOrEqual = (a: Operand, b: Operand): Value => this.#binary('greaterOrEqual', a, b);
  less = (a: Operand, b: Operand): Value => this.#binary('less', a, b);
  lessOrEqual = (a: Operand, b: Operand): Value => this.#binary('lessOrEqual', a, b);
  equal = (a: Operand, b: Operand): Value => this.#binary('equal', a, b);
  and = (a: Value, b: Value): Value => this.#apply('and', [a, b]);
  or = (a: Value, b: Value): Value => this.#apply('or', [a, b]);

  where(condition: Value, a: Operand, b: Operand): Value {
    const [left, right] = this.#operands(a, b);
    return this.#apply('where', [condition, left, right]);
  }

  cast(x: Value, to: DType): Value {
    return x.dtype === to ? x : this.#apply('cast', [x], { to });
  }

  // Reductions keep their axes with size 1, but for argMax, which drops its axis.
  reduceSum = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceSum', x, axes);
  reduceMean = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMean', x, axes);
  reduceMax = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMax', x, axes);
  reduceMin = (x: Value, axes: readonly number[]): Value => this.#reduce('reduceMin', x, axes);
  argMax = (x: Value, axis: number): Value =>
    this.#apply('argMax', [x], { axis: normalAxis(axis, x.shape.length) });
  softmax = (x: Value, axis: number): Value =>
    this.#apply('softmax', [x], { axis: normalAxis(axis, x.shape.length) });
  logSoftmax = (x: Value, axis: number): Value =>
    this.#apply('logSoftmax', [x], { axis: normalAxis(axis, x.shape.length) });

  // Linear algebra.
  matmul = (a: Value, b: Value): Value => this.#apply('matmul', [a, b]);

  conv(x: Value, w: Value, window: Window): Value {
    return x.dtype === 'float32'
      ? this.#apply('conv', [x, w], { ...window })
      : convByMatmul(this, x, w, window);
  }

  convTranspose(x: Value, w: Value, window: Window, outputPadding: readonly number[]): Value {
    return x.dtype === 'float32'
      ? this.#apply('convTranspose', [x, w], { ...window, outputPadding })
      : convTransposeByMatmul(this, x, w, window, outputPadding);
  }

  maxPool = (x: Value, pooling: Pooling): Value => this.#apply('maxPool', [x], { ...pooling });
  /** Where `pooled`, the result of maxPool, took its elements from. */
  maxPoolIndices = (pooled: Value): Value => this.#apply('maxPoolIndices', pooled.inputs, pooled.attributes);

  // Layout.
  reshape(x: Value, to: Dims): Value {
    return sameDims(x.shape, to) ? x : this.#apply('reshape', [x], { to: to.join() });
  }

  transpose(x: Value, order: readonly number[]): Value {
    return order.every((axis, at) => axis === at) ? x : this.#apply('transpose', [x], { order });
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
    return this.reshape(x, [...x.shape.slice(0, axis), mergedDim(x.shape.slice(axis))]);
  }

  /** Merges all axes but the last into one. */
  flattenRows(x: Value): Value {
    const last = x.shape.length - 1;
    return this.reshape(x, [mergedDim(x.shape.slice(0, last)), ...x.shape.slice(last)]);
  }

  concat(values: readonly Value[], axis: number): Value {
    const [first] = values;
    return values.length === 1 && first ? first : this.#apply('concat', values, { axis });
  }

  slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
    return start === 0 && end === x.shape[axis] && step === 1
      ? x
      : this.#apply('slice', [x], { axis, start, end, step });
  }

  pad(x: Value, before: readonly number[], after: readonly number[], value: number): Value {
    return [...before, ...after].every((count) => count === 0)
      ? x
      : this.#apply('pad', [x], { before, after, value });
  }

  expandLike(x: Value, like: Value): Value {
    return sameDims(x.shape, like.shape) ? x : this.#apply('expandLike', [x, like]);
  }

  fillLike(like: Value, value: number): Value {
    return this.#apply('fillLike', [like], { value, dtype: like.dtype });
  }

  /** Sums over the axes that broadcasting `to` to the shape of `x` added or stretched. */
  sumTo(x: Value, to: Dims): Value {
    const axes = broadcastAxes(x.shape, to);
    return axes.length === 0 ? x : this.reshape(this.reduceSum(x, axes), to);
  }

  // Indexing.
  gather = (x: Value, indices: Value, axis: number): Value =>
    this.#apply('gather', [x, indices], { axis: normalAxis(axis, x.shape.length) });
  gatherElements = (x: Value, indices: Value, axis: number): Value =>
    this.#apply('gatherElements', [x, indices], { axis });
  /** data with updates added at the indices along the axis. */
  scatterElements = (data: Value, indices: Value, updates: Value, axis: number): Value =>
    this.#apply('scatterElements', [data, indices, updates], { axis });

  /** Zeros of the shape of `like`, with updates[..., i, ...] added at indices[i] of the axis; indices may repeat. */
  scatterAdd(like: Value, indices: Value, updates: Value, axis: number): Value {
    const column = updates.shape.map((_, at) => (at === axis ? (indices.shape[0] ?? 1) : 1));
    const full = this.expandLike(this.reshape(indices, column), updates);
    return this.scatterElements(this.fillLike(like, 0), full, updates, axis);
  }

  /** Maps values to the same expressions with some values replaced. `values` holds all they need, inputs first. */
  rebuild(values: readonly Value[], replaced: ReadonlyMap<Value, Value>): (value: Value) => Value {
    const result = new Map(replaced);
    const map = (value: Value): Value => result.get(value) ?? value;
    for (const value of values) {
      if (result.has(value) || value.inputs.every((input) => map(input) === input)) continue;
      const key = value.foreign === undefined ? '' : `${value.foreign.type} ${this.#identity(value.foreign)}`;
      const payload = value.foreign === undefined ? {} : { foreign: value.foreign };
      const name = value.primitive as PrimitiveName;
      result.set(value, this.#make(name, value.inputs.map(map), value.attributes, value, key, payload));
    }
    return map;
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
    const normal = [...new Set(axes.map((axis) => normalAxis(axis, x.shape.length)))].sort((a, b) => a - b);
    return normal.length === 0 ? x : this.#apply(name, [x], { axes: normal });
  }

  #apply(name: PrimitiveName, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#make(name, inputs, attributes, primitiveOf(name).infer(inputs, attributes));
  }

  #make(
    primitive: PrimitiveName,
    inputs: readonly Value[],
    attributes: Attributes,
    { dtype, shape }: Typed,
    extraKey = '',
    payload: Pick<Value, 'constant' | 'foreign'> = {},
  ): Value {
    const key = `${primitive}|${inputs.map((value) => value.id).join()}|${JSON.stringify(attributes)}|${extraKey}`;
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    const isConstant =
      primitive !== 'input' && primitive !== 'opaque' && inputs.every((value) => value.isConstant);
    const value = { id: this.#next++, primitive, inputs, attributes, dtype, shape, isConstant, ...payload };
    this.#byKey.set(key, value);
    return value;
  }

  /** Small constants are equal when their contents are; large ones when they share their array. */
  #contentKey({ dtype, shape, data }: Tensor): string {
    if (Array.isArray(data) || !ArrayBuffer.isView(data))
      return `${dtype}${showDims(shape)}${JSON.stringify(data)}`;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const content = data.byteLength <= 1024 ? bytes.toString('base64') : `#${this.#identity(data)}`;
    return `${dtype}${showDims(shape)}${content}`;
  }

  #identity(object: object): number {
    const known = this.#identities.get(object) ?? this.#identities.size;
    this.#identities.set(object, known);
    return known;
  }
}

/** The product of dimensions; a symbol where one is open, named after the product so that equal products compare equal. */
function mergedDim(dims: Dims): Dim {
  const open = dims.filter((dim): dim is string => typeof dim === 'string');
  const known = dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  if (open.length === 0) return known;
  return known === 1 ? open.join('*') : `${open.join('*')}*${known}`;
}
