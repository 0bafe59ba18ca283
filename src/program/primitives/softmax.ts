// Softmax along one axis, as ONNX Runtime computes it (the greatest element is subtracted first).
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { int, only } from '../value.js';

const along = (type: string, gradient: Primitive['gradient']): Primitive => ({
  infer: (inputs) => ({ dtype: only(inputs).dtype, shape: only(inputs).shape }),
  emit: (emitter, value, inputs) =>
    emitOne(emitter, type, inputs, { axis: attribute.int(int(value.attributes, 'axis')) }),
  ...(gradient && { gradient }),
});

/** [...d] -> [...d], along attribute `axis`. In float64 LogSoftmax can lose NaN (special-values.test.ts). */
export const softmaxPrimitives = {
  softmax: along('Softmax', (p, y, dy) => {
    const weighted = p.mul(dy, y);
    return [p.sub(weighted, p.mul(y, p.reduceSum(weighted, [int(y.attributes, 'axis')])))];
  }),
  logSoftmax: along('LogSoftmax', (p, y, dy) => [
    p.sub(dy, p.mul(p.exp(y), p.reduceSum(dy, [int(y.attributes, 'axis')]))),
  ]),
} satisfies Record<string, Primitive>;
