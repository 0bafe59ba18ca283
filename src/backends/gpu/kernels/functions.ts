// Functions that neither WebGPU nor gpu.js computes to a known accuracy, from operations that have one.
//
// WGSL leaves exp, log and tanh to the driver (W3C WGSL, accuracy of expressions): Mesa's llvmpipe has exp within 67 u, log within 466
// u, and tanh within 2^-22.7 absolute, which is no digit of a small result. Those below need sums, products, a quotient and a table, so
// that they are as good on every device. u is 2^-24; greatest error over every 1021st finite float32 number, measured 2026-11-24 with
// test/soundness/measure-gpu-functions.ts on gpu.js 2.24.1, in WebAssembly mode (Node 20.20.2) and in WebGPU mode (webgpu 0.6.2
// on Mesa 22.3.6, llvmpipe), and what bounds allow for (src/ops/kernel-error.ts):
//
//               WebAssembly              WebGPU                   bounds
//   Exp         2 u + 2^-148             3 u + 2^-148             4 u + 2^-126
//   Log         4 u                      6 u                      12 u + 2^-126
//   Sigmoid     2 u + 2^-25.0            2 u + 2^-24.4            2 u + 2^-22
//   Tanh        12 u                     12 u                     16 u + 2^-126
//   Softplus    4 u + 2^-26.2            4 u + 2^-25.6            4 u + 2^-23
//   Elu         2^-24.2                  2^-23.8                  4 u + 2^-23
//   Softsign    3 u                      3 u                      8 u + 2^-126
//   Sqrt        1 u                      1 u                      2 u + 2^-126
//   Reciprocal  1 u + 2^-150             1 u + 2^-150             4 u + 2^-126
//
// So the bounds of the deployed network hold for gpu.js as they are (test/soundness/gpu.test.ts); another device may be less exact in
// quotients (second-opinion.ts). Comparisons, not Math.min and Math.max, because those lose a NaN in WGSL.
import { greatestFinite } from '../../../base/dtype.js';
import { type KernelWriter, literal } from '../writer.js';

/** 2^-151 to 2^127; below 2^-149 that is 0. */
const leastPower = -151;
const powersOfTwo = Float32Array.from({ length: 128 - leastPower }, (_, at) => 2 ** (at + leastPower));

/** Sum of coefficients times powers of x. */
const horner = (x: string, [first = 0, ...rest]: readonly number[]): string =>
  rest.length === 0 ? literal(first) : `(${literal(first)} + ${x} * ${horner(x, rest)})`;

/** value between bounds, NaN left as it is. */
export function between(
  writer: KernelWriter,
  x: string,
  least: number | undefined,
  most: number | undefined,
): string {
  const value = writer.variable(x);
  const low = least === undefined ? value : `(${value} < ${literal(least)} ? ${literal(least)} : ${value})`;
  return most === undefined ? low : `(${value} > ${literal(most)} ? ${literal(most)} : ${low})`;
}

/**
 * e^x = 2^k e^r with |r| <= ln(2) / 2, whose series ends at r^7 / 7! (remainder below 2^-27). ln(2) is cut into two parts (Cody and
 * Waite, Software Manual for the Elementary Functions, ch. 6), the first of 10 bits, so that its product with k is exact.
 */
export function exp(writer: KernelWriter, x: string): string {
  const table = writer.table(powersOfTwo);
  const value = writer.variable(between(writer, x, -104, 89));
  const k = writer.variable(`Math.floor(${value} * ${literal(Math.LOG2E)} + 0.5)`);
  const r = writer.variable(`${value} - ${k} * 0.693359375 - ${k} * ${literal(Math.LN2 - 0.693359375)}`);
  const series = horner(r, [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]);
  const power = writer.variable(`1 + (${r} + ${r} * ${r} * ${series})`);
  // 2^128 has no float32, 2^128 times 0.71 has one.
  return writer.variable(`${power} * ${table}[${k} - ${1 + leastPower}] * 2`);
}

/** 2 artanh(s) for |s| <= 1/3: ln((1 + s) / (1 - s)). The first term left out is 2 s^19 / 19. */
function twiceArtanh(writer: KernelWriter, s: string): string {
  const square = writer.variable(`${s} * ${s}`);
  const series = horner(square, [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17]);
  return writer.variable(`2 * ${s} + ${s} * ${square} * ${series}`);
}

/** ln(1 + e) for 0 <= e <= 1. */
export const logOnePlus = (writer: KernelWriter, e: string): string =>
  twiceArtanh(writer, writer.variable(`${e} / (2 + ${e})`));

/**
 * ln(x): a series around 1, elsewhere one step of Newton's method from the device's own logarithm, of an argument that is scaled so
 * that neither it nor its inverse is near the ends of the range.
 */
export function log(writer: KernelWriter, x: string): string {
  const value = writer.variable(x);
  const near = twiceArtanh(writer, writer.variable(`(${value} - 1) / (${value} + 1)`));
  const scaled = writer.variable(value);
  const shift = writer.variable('0');
  const [down, up] = [literal(2 ** -64), literal(2 ** 64)];
  writer.line(
    `if (${value} < 1e-19) { ${scaled} = ${value} * ${up}; ${shift} = ${literal(-64 * Math.LN2)}; }`,
  );
  writer.line(
    `if (${value} > 1e19) { ${scaled} = ${value} * ${down}; ${shift} = ${literal(64 * Math.LN2)}; }`,
  );
  const guess = writer.variable(`Math.log(${scaled})`);
  const far = writer.variable(`${guess} + (${scaled} * ${exp(writer, `0 - ${guess}`)} - 1) + ${shift}`);
  const inRange = `(${value} > 0 && ${value} <= ${literal(greatestFinite.float32)})`;
  const isNear = `(${value} > 0.5 && ${value} < 2)`;
  return writer.variable(`(${isNear} ? ${near} : (${inRange} ? ${far} : Math.log(${value})))`);
}

/** tanh(x): its series below 1/4, elsewhere 1 - 2 / (e^(2x) + 1). */
export function tanh(writer: KernelWriter, x: string): string {
  const value = writer.variable(x);
  const size = writer.variable(`Math.abs(${value})`);
  const square = writer.variable(`${value} * ${value}`);
  const series = horner(square, [-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155_925]);
  const large = writer.variable(`1 - 2 / (${exp(writer, `2 * ${size}`)} + 1)`);
  return writer.variable(
    `(${size} < 0.25 ? ${value} + ${value} * ${square} * ${series} : (${value} < 0 ? 0 - ${large} : ${large}))`,
  );
}

/** 1 / (1 + e^-x). */
export const sigmoid = (writer: KernelWriter, x: string): string =>
  writer.variable(`1 / (1 + ${exp(writer, `0 - ${writer.variable(x)}`)})`);

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
export function softplus(writer: KernelWriter, x: string): string {
  const value = writer.variable(x);
  const rest = logOnePlus(writer, exp(writer, `0 - Math.abs(${value})`));
  return `((${value} < 0 ? 0 : ${value}) + ${rest})`;
}
