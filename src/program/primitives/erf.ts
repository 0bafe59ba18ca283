// The error function, for which ONNX Runtime has no float64 kernel.
import { tensor } from '../../base/tensor.js';
import { filled } from '../keys.js';
import { type Emitter, emitOne } from '../primitive.js';

/**
 * erf(x) = 2 x / sqrt(pi) times the integral of exp(-(x t)^2) over t from 0 to 1, by Gauss-Legendre quadrature, x [...d].
 * From +-6 on it is within half a unit roundoff of +-1, and exactly that here. Measured with 28 points: within 32 u, relative,
 * everywhere.
 */
export function erf64(emitter: Emitter, x: string): string {
  const { points, weights } = gaussLegendre(28);
  const number = (value: number) => emitter.constant(filled('float64', [], value));
  const last = emitter.constant(tensor('int64', [1], BigInt64Array.of(-1n)));
  const clipped = emitOne(emitter, 'Max', [emitOne(emitter, 'Min', [x, number(6)]), number(-6)]);
  const column = emitOne(emitter, 'Unsqueeze', [clipped, last]);
  const scaled = emitOne(emitter, 'Mul', [
    column,
    emitter.constant(tensor('float64', [points.length], points)),
  ]);
  const square = emitOne(emitter, 'Mul', [scaled, scaled]);
  const bell = emitOne(emitter, 'Exp', [emitOne(emitter, 'Neg', [square])]);
  const weightColumn = emitter.constant(tensor('float64', [points.length, 1], weights));
  const integral = emitOne(emitter, 'Squeeze', [emitOne(emitter, 'MatMul', [bell, weightColumn]), last]);
  const factor = emitOne(emitter, 'Mul', [clipped, number(2 / Math.sqrt(Math.PI))]);
  const inner = emitOne(emitter, 'Mul', [factor, integral]);
  const isOutside = emitOne(emitter, 'GreaterOrEqual', [emitOne(emitter, 'Abs', [x]), number(6)]);
  return emitOne(emitter, 'Where', [isOutside, emitOne(emitter, 'Sign', [x]), inner]);
}

/** Points and weights on [0, 1]: roots of the Legendre polynomial of degree n by Newton's method. */
function gaussLegendre(n: number) {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let at = 0; at < n; at++) {
    let x = Math.cos((Math.PI * (at + 0.75)) / (n + 0.5));
    for (let step = 0; step < 8; step++) {
      const { value, slope } = legendre(n, x);
      x -= value / slope;
    }
    points[at] = (1 + x) / 2;
    weights[at] = 1 / ((1 - x * x) * legendre(n, x).slope ** 2);
  }
  return { points, weights };
}

/** Value and derivative of the Legendre polynomial of degree n, by its three-term recurrence. */
function legendre(n: number, x: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
