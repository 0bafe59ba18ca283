// Element-wise functions of one argument: [...d] -> [...d].
import { type DType, isFloat } from '../../base/dtype.js';
import { filled } from '../keys.js';
import { type Emitter, emitOne, type Primitive } from '../primitive.js';
import type { Program } from '../program.js';
import { ProgramError } from '../program-error.js';
import { only, type Value } from '../value.js';
import { erf64 } from './erf.js';

/** d: from (x, y = f(x)) to f'(x) dy; 'zero' where f is piecewise constant. */
type Derivative = 'zero' | ((p: Program, x: Value, y: Value, dy: Value) => Value);

function unary(type: string, derivative: Derivative): Primitive {
  return {
    infer: (inputs) => {
      const x = only(inputs);
      if (!isFloat(x.dtype)) throw new ProgramError(`${type} takes floats, not ${x.dtype}`);
      return { dtype: x.dtype, shape: x.shape };
    },
    emit: (emitter, _value, inputs) => emitOne(emitter, type, inputs),
    gradient: (p, value, dy) =>
      derivative === 'zero' ? [undefined] : [derivative(p, only(value.inputs), value, dy)],
  };
}

/** Tests of one argument, with a boolean result and no derivative. */
const test = (type: string, takes: (dtype: DType) => boolean): Primitive => ({
  infer: (inputs) => {
    const { dtype, shape } = only(inputs);
    if (!takes(dtype)) throw new ProgramError(`${type} does not take ${dtype}`);
    return { dtype: 'bool', shape };
  },
  emit: (emitter, _value, inputs) => emitOne(emitter, type, inputs),
});

/** max(x, 0) + log(1 + exp(-|x|)): ONNX Runtime has no float64 kernel. */
function softplus64(emitter: Emitter, inputs: readonly string[]): string {
  const chain = ['Abs', 'Neg', 'Exp'].reduce((name, type) => emitOne(emitter, type, [name]), inputs[0] ?? '');
  const raised = emitOne(emitter, 'Add', [chain, emitter.constant(filled('float64', [], 1))]);
  return emitOne(emitter, 'Add', [emitOne(emitter, 'Relu', inputs), emitOne(emitter, 'Log', [raised])]);
}

/** [...d] -> [...d]. */
export const unaryPrimitives = {
  neg: unary('Neg', (p, _x, _y, dy) => p.neg(dy)),
  abs: unary('Abs', (p, x, _y, dy) => p.mul(dy, p.sign(x))),
  sqrt: unary('Sqrt', (p, _x, y, dy) => p.div(p.mul(dy, 0.5), y)),
  exp: unary('Exp', (p, _x, y, dy) => p.mul(dy, y)),
  log: unary('Log', (p, x, _y, dy) => p.div(dy, x)),
  reciprocal: unary('Reciprocal', (p, _x, y, dy) => p.neg(p.mul(dy, p.mul(y, y)))),
  sigmoid: unary('Sigmoid', (p, _x, y, dy) => p.mul(dy, p.mul(y, p.sub(1, y)))),
  tanh: unary('Tanh', (p, _x, y, dy) => p.mul(dy, p.sub(1, p.mul(y, y)))),
  relu: unary('Relu', (p, x, _y, dy) => p.mul(dy, p.cast(p.greater(x, 0), dy.dtype))),
  softplus: {
    ...unary('Softplus', (p, x, _y, dy) => p.mul(dy, p.sigmoid(x))),
    emit: (emitter, value, inputs) =>
      value.dtype === 'float64' ? softplus64(emitter, inputs) : emitOne(emitter, 'Softplus', inputs),
  },
  sin: unary('Sin', (p, x, _y, dy) => p.mul(dy, p.cos(x))),
  cos: unary('Cos', (p, x, _y, dy) => p.neg(p.mul(dy, p.sin(x)))),
  erf: {
    ...unary('Erf', (p, x, _y, dy) => p.mul(dy, p.mul(p.exp(p.neg(p.mul(x, x))), 2 / Math.sqrt(Math.PI)))),
    emit: (emitter, value, inputs) =>
      value.dtype === 'float64' ? erf64(emitter, inputs[0] ?? '') : emitOne(emitter, 'Erf', inputs),
  },
  sign: unary('Sign', 'zero'),
  floor: unary('Floor', 'zero'),
  ceil: unary('Ceil', 'zero'),
  /** The value itself, constant to derivatives. */
  detach: unary('Identity', 'zero'),
  /** To the nearest integer, ties to even. */
  round: unary('Round', 'zero'),
  isNaN: test('IsNaN', isFloat),
  isInf: test('IsInf', isFloat),
  not: test('Not', (dtype) => dtype === 'bool'),
} satisfies Record<string, Primitive>;
