// From rows of data to the inputs that the file has: one after the other in each row, each in its own type and shape.
import { isFloat } from '../base/dtype.js';
import { elementsPerRow, type FileInput, fileInputs } from '../graph/inputs.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Dims } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

type Part = { readonly input: FileInput; readonly value: Value };

/** @param rows [batch, ...features], or [1, ...features] where the file has no batch axis; any float type */
export function inputParts(p: Program, model: TypedModel, rows: Value): Part[] {
  const inputs = fileInputs(model);
  const batch = rows.shape[0] ?? 1;
  const typed = ({ shape }: FileInput): Dims => (model.batched ? [batch, ...shape.slice(1)] : shape);
  const [only, ...others] = inputs;
  if (only !== undefined && others.length === 0)
    return [{ input: only, value: p.reshape(rows, typed(only)) }];
  const flat = p.mergeInto(rows, 1);
  let start = 0;
  return inputs.map((input) => {
    const end = start + elementsPerRow(input, model.batched);
    const value = p.reshape(p.slice(flat, 1, start, end), typed(input));
    start = end;
    return { input, value };
  });
}

/** Integer inputs take the nearest integer of what the row says. */
export const asInput = (p: Program, { input, value }: Part): Value =>
  isFloat(input.dtype) ? p.cast(value, input.dtype) : p.cast(p.round(value), input.dtype);

/** As asInput, with integers as floats, as bounds have them. */
export const asBound = (p: Program, { input, value }: Part): Value =>
  isFloat(input.dtype) ? value : p.round(value);
