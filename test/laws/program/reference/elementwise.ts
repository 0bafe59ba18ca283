// Functions of single elements, as their mathematical definitions.
import { broadcastShape, type Dense, dense, getBroadcast } from './dense.js';

const roundHalfEven = (x: number): number => {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
};

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
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  isNaN: (x: number) => Number(Number.isNaN(x)),
  isInf: (x: number) => Number(Math.abs(x) === Infinity),
  not: (x: number) => 1 - x,
};

export const binaryFunctions = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
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
