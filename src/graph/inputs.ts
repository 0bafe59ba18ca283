// A model's inputs as its file has them. Data rows hold the elements of all inputs, one input after the other.
import type { NumericDType } from '../base/dtype.js';
import type { TypedModel, ValueType } from './typed-model.js';

export type FileInput = { readonly name: string; readonly dtype: NumericDType } & Pick<ValueType, 'shape'>;

/** In the order of the file. Every input was found to be a tensor of numbers when the model was typed. */
export const fileInputs = ({ graph, types }: TypedModel): FileInput[] =>
  graph.inputs.map(({ name }) => {
    const type = types.get(name);
    if (type === undefined) throw new RangeError(`input "${name}" has no type`);
    return { name, dtype: type.dtype as NumericDType, shape: type.shape };
  });

/** Elements of one input in one row. */
export const elementsPerRow = ({ shape }: FileInput, batched: boolean): number =>
  (batched ? shape.slice(1) : shape).reduce<number>((size, dim) => size * Number(dim), 1);
