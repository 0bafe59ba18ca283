// Ranges of a model's values over rows of data, as quantisation needs them: the least and greatest of each, found in the graph.
import { rows as rowsOf, type Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Range } from '../graph/precision/int8.js';
import type { TypedModel } from '../graph/typed-model.js';
import { compile } from '../program/compile.js';
import { Program } from '../program/program.js';
import type { Runtime } from '../program/session.js';
import type { Value } from '../program/value.js';
import { lowerModel } from './lower-model.js';
import { runsBatched } from './runs-batched.js';

const rowsPerBatch = 256;

/**
 * @param names of values of the model
 * @param rows [rows, ...input], at least one
 * @throws UserError UNSUPPORTED_MODEL where a value is infinite or NaN throughout for some row
 */
export async function calibrate(
  model: TypedModel,
  names: readonly string[],
  rows: Tensor<'float32'>,
  file: string,
  runtime: Runtime,
): Promise<Map<string, Range>> {
  if (names.length === 0) return new Map();
  const batched = runsBatched(model);
  const p = new Program();
  const x = p.input('x', 'float32', [batched ? 'batch' : 1, ...rows.shape.slice(1)]);
  const { values } = lowerModel(p, model, x);
  const outputs = names.flatMap((name, at) => {
    const value = values.get(name);
    return value === undefined ? [] : Object.entries(extremesOf(p, value, at));
  });
  const session = await compile(p, Object.fromEntries(outputs), runtime);
  const ranges = new Map<string, Range>();
  for (const batch of batches(rows, batched ? rowsPerBatch : 1)) {
    const results = await session.run({ x: batch });
    names.forEach((name, at) => {
      const [low, high] = ranges.get(name) ?? [Infinity, -Infinity];
      const extreme = (key: string) => Number(results[`${key}${at}`]?.data[0] ?? Number.NaN);
      ranges.set(name, [Math.min(low, extreme('least')), Math.max(high, extreme('greatest'))]);
    });
  }
  for (const [name, range] of ranges) if (!range.every(Number.isFinite)) throw unbounded(name, range, file);
  return ranges;
}

/** Of all rows of a batch. */
function extremesOf(p: Program, value: Value, at: number): Record<string, Value> {
  const axes = value.shape.map((_, axis) => axis);
  return {
    [`least${at}`]: p.reshape(p.reduceMin(value, axes), []),
    [`greatest${at}`]: p.reshape(p.reduceMax(value, axes), []),
  };
}

function* batches(rows: Tensor<'float32'>, most: number): Generator<Tensor<'float32'>> {
  const [count = 0] = rows.shape;
  for (let from = 0; from < count; from += most) yield rowsOf(rows, from, Math.min(count, from + most));
}

const unbounded = (name: string, [least, greatest]: Range, where: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where,
    problem: `value "${name}" goes from ${least} to ${greatest} on the rows, so it has no 8-bit grid`,
    hint: 'look for what makes it so with --objective finite, or choose other rows',
  });
