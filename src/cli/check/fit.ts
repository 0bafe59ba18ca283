// Whether a model, its data and the policy's ranges fit together; one clear error where they do not.
import { sizeOf } from '../../base/shape.js';
import { float32 } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { Dataset } from '../../policy/dataset.js';
import type { InputRange, Property } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import type { OpenModel } from './models.js';
import type { Rows } from './resources.js';

/** Shape of one input. */
export const inputShape = ({ typed }: OpenModel): number[] => typed.input.shape.slice(1).map(Number);

/** The rows in the model's own shape. Rows with as many elements in another shape are taken in row-major order. */
export function fitRows(
  { dataset, file }: Pick<Rows, 'dataset' | 'file'>,
  model: OpenModel,
  hint = 'name another array or other columns in "data: inputs", or another model',
): Dataset {
  const shape = inputShape(model);
  const [count = 0, ...given] = dataset.inputs.shape;
  if (sizeOf(given) !== sizeOf(shape)) {
    throw new UserError('INVALID_DATA', {
      where: file,
      problem: `a row has shape [${given.join(', ')}], but input "${model.typed.input.name}" of model "${model.name}" takes [${shape.join(', ')}]`,
      hint,
    });
  }
  return { ...dataset, inputs: float32(dataset.inputs.data, [count, ...shape]) };
}

/** Number of classes: the elements of one output. */
export const classCount = ({ typed }: OpenModel): number => sizeOf(typed.output.shape.slice(1).map(Number));

export function requireClasses(model: OpenModel, property: Property): void {
  if (classCount(model) >= 2 && model.typed.output.dtype === 'float32') return;
  throw new UserError('UNSUPPORTED_MODEL', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `output "${model.typed.output.name}" of model "${model.name}" is ${model.typed.output.dtype} [${model.typed.output.shape.join(', ')}], not one score per class`,
    hint: 'what speaks of classes needs a classifier with float32 scores as its first output',
  });
}

export function requireRanges({ ranges }: InputRange, model: OpenModel, property: Property): void {
  const size = sizeOf(inputShape(model));
  if (ranges.length === 1 || ranges.length === size) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `the policy has ${ranges.length} input ranges, but model "${model.name}" takes ${size} elements`,
    hint: 'give one range for all elements, or one for each',
  });
}
