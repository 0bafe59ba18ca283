// Bounds of a model's output over boxes, as a proof computes them.
import { type FloatDType, isFloat } from '../../src/base/dtype.js';
import { float32, type Tensor, toNumbers } from '../../src/base/tensor.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { boundModel } from '../../src/ops/bound-model.js';
import { createRounding, type Deployment } from '../../src/ops/rounding.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import type { Runtime } from '../../src/program/session.js';

/** Boxes [n, ...input], in float32, which every bound program takes exactly. */
export type Boxes = { readonly lower: Tensor<'float32'>; readonly upper: Tensor<'float32'> };
export type Bounds = { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };
export type Bounder = (boxes: Boxes) => Promise<Bounds>;

/** @throws Unbounded where a node has no bound rule */
export async function openBounder(
  model: TypedModel,
  dtype: FloatDType,
  runtime: Runtime,
  deployment: Deployment = 'deployed',
): Promise<Bounder> {
  const p = new Program();
  const input = (name: string) => p.cast(p.input(name, 'float32', model.input.shape), dtype);
  const box = { lower: input('lower'), upper: input('upper') };
  const bounds = boundModel(p, model, box, createRounding(dtype, deployment)).bounds(model.output.name);
  // Bounds that do not depend on one side, such as those of a constant, still take both.
  const touch = p.mul(p.add(p.fillLike(box.lower, 1), p.fillLike(box.upper, 1)), 0);
  const session = await compile(p, { least: bounds.lower, most: bounds.upper, touch }, runtime);
  return async (boxes) => {
    const { least, most } = await session.run({ lower: boxes.lower, upper: boxes.upper });
    return { lower: floatsOf(least), upper: floatsOf(most) };
  };
}

export function floatsOf(value: Tensor | undefined): Float32Array | Float64Array {
  if (value === undefined || !isFloat(value.dtype)) throw new TypeError('not a tensor of floats');
  return value.data as Float32Array | Float64Array;
}

/** Numbers of any tensor; booleans are 0 and 1. */
export const numbersOf = (value: Tensor | undefined): Float32Array | Float64Array =>
  value === undefined || isFloat(value.dtype) ? floatsOf(value) : Float64Array.from(toNumbers(value));

/** Why `outputs` break the bounds, element by element; empty where they keep them. Zero tolerance. */
export function violations({ lower, upper }: Bounds, outputs: ArrayLike<number>): string[] {
  if (lower.length !== outputs.length) return [`${lower.length} bounds for ${outputs.length} outputs`];
  return Array.from(outputs, (y, at) => violation(lower[at] as number, y, upper[at] as number)).filter(
    (text) => text !== '',
  );
}

function violation(lower: number, y: number, upper: number): string {
  if (Number.isNaN(lower) || Number.isNaN(upper)) return `a bound of ${y} is NaN: [${lower}, ${upper}]`;
  // An infinite upper bound says that nothing is known, see src/ops/interval.ts.
  if (upper === Number.POSITIVE_INFINITY) return '';
  return Number.isFinite(y) && lower <= y && y <= upper ? '' : `${y} is outside [${lower}, ${upper}]`;
}

/** The bounds of row `row` of `count`. */
export function rowOf({ lower, upper }: Bounds, row: number, count: number): Bounds {
  const size = lower.length / count;
  const cut = (side: ArrayLike<number>) =>
    Array.from({ length: size }, (_, at) => side[row * size + at] as number);
  return { lower: cut(lower), upper: cut(upper) };
}

/** `count` points of one box, each row of [count, ...input]: corners first, then midway and random points. */
export function samplesOf(
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  shape: readonly number[],
  count: number,
  uniform: () => number,
): Tensor<'float32'> {
  const size = lower.length;
  const data = new Float32Array(count * size);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < size; at++) {
      const [low, high] = [lower[at] as number, upper[at] as number];
      const value = Math.fround(low + (high - low) * weightOf(row, uniform));
      data[row * size + at] = Math.min(Math.max(value, low), high);
    }
  }
  return float32(data, [count, ...shape]);
}

function weightOf(row: number, uniform: () => number): number {
  if (row < 2) return row;
  return row % 2 === 0 ? Math.round(uniform()) : uniform();
}
