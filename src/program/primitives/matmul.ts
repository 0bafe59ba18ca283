// Matrix product over the last two axes; leading axes broadcast: [...b, m, k] x [...b, k, n] -> [...b, m, n].
import { broadcastDims, type Dim, showDims } from '../dims.js';
import { emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { pair, type Value } from '../value.js';

function inferDims(a: Value, b: Value): Dim[] {
  const [m, k] = a.shape.slice(-2);
  const [inner, n] = b.shape.slice(-2);
  if (m === undefined || n === undefined || k === undefined || k !== inner || a.dtype !== b.dtype) {
    throw new ProgramError(`matmul of ${a.dtype}${showDims(a.shape)} and ${b.dtype}${showDims(b.shape)}`);
  }
  return [...broadcastDims(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n];
}

const matmul: Primitive = {
  infer: (inputs) => {
    const [a, b] = pair(inputs);
    return { dtype: a.dtype, shape: inferDims(a, b) };
  },
  emit: (emitter, _value, inputs) => emitOne(emitter, 'MatMul', inputs),
  gradient: (p, value, dy) => {
    const [a, b] = pair(value.inputs);
    const da = p.matmul(dy, p.transposeLast(b));
    // A plain matrix shared by a batch: one product over all rows, instead of one per batch entry and a sum.
    const db =
      b.shape.length === 2
        ? p.matmul(p.transposeLast(p.flattenRows(a)), p.flattenRows(dy))
        : p.matmul(p.transposeLast(a), dy);
    return [p.sumTo(da, a.shape), p.sumTo(db, b.shape)];
  },
};

/** [...b, m, k] x [...b, k, n] -> [...b, m, n]. */
export const matmulPrimitives = { matmul } satisfies Record<string, Primitive>;
