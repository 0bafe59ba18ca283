// Functions of single elements, as their mathematical definitions.
import { broadcastShape, type Dense, dense, getBroadcast } from './dense.js';

const roundHalfEven = (x: number): number => {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
};

/**
 * The error function, within a few ulp of float64: its Taylor series without alternating signs for |x| <= 2
 * (Abramowitz and Stegun 7.1.6), else the continued fraction of 1 - erf (7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 2)
    return Math.sign(x) * (1 - (Math.exp(-x * x) / Math.sqrt(Math.PI)) * fraction(Math.min(size, 30)));
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -55; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from the end. */
function fraction(x: number): number {
  let tail = x;
  for (let n = 120; n > 0; n--) tail = x + n / 2 / tail;
  return 1 / tail;
}

export const unaryFunctions = {
  neg: (x: number) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  reciprocal: (x: number) => 1 / x,
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  relu: (x: number) => Math.max(x, 0),
  softplus: (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0),
  sin: Math.sin,
  cos: Math.cos,
  erf: (x: number) => erf(x),
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  detach: (x: number) => x,
  isNaN: (x: number) => Number(Number.isNaN(x)),
  isInf: (x: number) => Number(Math.abs(x) === Infinity),
  not: (x: number) => 1 - x,
};

export const binaryFunctions = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  pow: (a: number, b: number) => a ** b,
  max: Math.max,
  min: Math.min,
  greater: (a: number, b: number) => Number(a > b),
  greaterOrEqual: (a: number, b: number) => Number(a >= b),
  less: (a: number, b: number) => Number(a < b),
  lessOrEqual: (a: number, b: number) => Number(a <= b),
  equal: (a: number, b: number) => Number(a === b),
  and: (a: number, b: number) => a * b,
  or: (a: number, b: number) => Math.max(a, b),
};

/** f over broadcast operands. */
export const elementwise = (f: (...values: number[]) => number, operands: readonly Dense[]): Dense =>
  dense(broadcastShape(...operands.map(({ shape }) => shape)), (index) =>
    f(...operands.map((operand) => getBroadcast(operand, index))),
  );

export const where = (operands: readonly Dense[]): Dense =>
  elementwise((condition, a = 0, b = 0) => (condition ? a : b), operands);
