// Choice and change of element type.
import type { DType } from '../../base/dtype.js';
import { dtypes, isFloat } from '../../base/dtype.js';
import { broadcastDims } from '../dims.js';
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { only, type Value } from '../value.js';

/** Numbers of the element types in ONNX's TensorProto.DataType that casts can produce here. */
const onnxCode: Partial<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

function three(inputs: readonly Value[]): readonly [Value, Value, Value] {
  const [condition, a, b] = inputs;
  if (!condition || !a || !b) throw new ProgramError('where takes a condition and two values');
  return [condition, a, b];
}

/** where(condition, a, b), all broadcast. */
const where: Primitive = {
  infer: (inputs) => {
    const [condition, a, b] = three(inputs);
    if (condition.dtype !== 'bool' || a.dtype !== b.dtype) throw new ProgramError('where takes bool, T, T');
    return { dtype: a.dtype, shape: broadcastDims(condition.shape, broadcastDims(a.shape, b.shape)) };
  },
  emit: (emitter, _value, inputs) => emitOne(emitter, 'Where', inputs),
  gradient: (p, value, dy) => {
    const [condition, a, b] = three(value.inputs);
    return [
      undefined,
      p.sumTo(p.where(condition, dy, 0), a.shape),
      p.sumTo(p.where(condition, 0, dy), b.shape),
    ];
  },
};

const cast: Primitive = {
  infer: (inputs, { to }) => {
    const name = String(to);
    if (!(name in dtypes)) throw new ProgramError(`cast to ${name}`);
    return { dtype: name as DType, shape: only(inputs).shape };
  },
  emit: (emitter, value, inputs) => {
    const code = onnxCode[value.dtype];
    if (code === undefined) throw new ProgramError(`cast to ${value.dtype} is not available`);
    return emitOne(emitter, 'Cast', inputs, { to: attribute.int(code) });
  },
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    return [isFloat(x.dtype) ? p.cast(dy, x.dtype) : undefined];
  },
};

export const selectPrimitives = { where, cast } satisfies Record<string, Primitive>;
