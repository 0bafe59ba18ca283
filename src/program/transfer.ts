// Tensors between threads: a buffer that is moved costs nothing, one that is not is copied twice by structured clone.
import { dtypes, type TypedArray } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';

type Tensors = Readonly<Record<string, Tensor>>;

const isArray = (data: Tensor['data']): data is TypedArray => ArrayBuffer.isView(data);

/** Bytes are copied, not `data.slice()`: on a Buffer that is a view. */
function copyOf(value: Tensor): Tensor {
  const { dtype, shape, data, expendable } = value;
  if (dtype === 'string' || !isArray(data)) return value;
  if (expendable && data.byteLength === data.buffer.byteLength) return value;
  const bytes = new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { dtype, shape, data: new dtypes[dtype].array(bytes.buffer) } as Tensor;
}

/**
 * The tensors with one copy of each array, exactly as long as the tensor: the caller's arrays stay usable, and a view
 * of a large array, such as rows of a data set, does not take all of it along. Expendable arrays are taken as they are.
 */
export const detached = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, copyOf(value)]));

/** The memory behind the tensors, each buffer once: what can be moved. Strings are always copied. */
export const buffersOf = (tensors: Tensors): ArrayBuffer[] => [
  ...new Set(
    Object.values(tensors).flatMap(({ data }) =>
      isArray(data) && data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
    ),
  ),
];
