// Choice and change of element type.
import type { DType } from '../../base/dtype.js';
import { isFloat } from '../../base/dtype.js';
import { broadcastDims } from '../dims.js';
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { only, three } from '../value.js';

/** Numbers of the element types in ONNX's TensorProto.DataType that casts can produce here. */
const onnxCode = {
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
} satisfies Partial<Record<DType, number>>;

const castable = (name: string): name is keyof typeof onnxCode => name in onnxCode;

/** where(condition, a, b), all broadcast. */
const where: Primitive = {
  infer: (inputs) => {
    const [condition, a, b] = three(inputs);
    if (condition.dtype !== 'bool' || a.dtype !== b.dtype)
      throw new ProgramError(`where takes bool, T, T, not ${condition.dtype}, ${a.dtype}, ${b.dtype}`);
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
    if (!castable(name)) throw new ProgramError(`cast to ${name} is not available`);
    return { dtype: name, shape: only(inputs).shape };
  },
  emit: (emitter, { dtype }, inputs) =>
    emitOne(emitter, 'Cast', inputs, { to: attribute.int(castable(dtype) ? onnxCode[dtype] : 0) }),
  gradient: (p, value, dy) => {
    const x = only(value.inputs);
    // Narrow numbers would overflow, or vanish, where the gradient does not.
    if (x.dtype === 'float16') return [dy];
    return [isFloat(x.dtype) ? p.cast(dy, x.dtype) : undefined];
  },
};

/** where and cast. */
export const selectPrimitives = { where, cast } satisfies Record<string, Primitive>;
