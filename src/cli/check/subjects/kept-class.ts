// The class of each row that a property keeps: its label, or the model's own answer.
import { UserError } from '../../../base/user-error.js';
import type { Dataset } from '../../../policy/dataset.js';
import type { Position } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { classCount } from '../fit.js';
import type { OpenModel } from '../models.js';
import { predicted } from './predicted.js';

type Keeps = { readonly name: string; readonly at: Position; readonly class: 'label' | 'predicted' };

export const classesOf = async (
  rows: Dataset,
  model: OpenModel,
  property: Keeps,
  file: string,
): Promise<Int32Array> =>
  property.class === 'label' ? labelsOf(rows, model, property, file) : predicted(rows, model);

function labelsOf({ labels, name }: Dataset, model: OpenModel, property: Keeps, file: string): Int32Array {
  if (labels === undefined) {
    throw new UserError('INVALID_POLICY', {
      where: `${placeOf(property.at)}: property "${property.name}"`,
      problem: `"class: label" needs labels, but data "${name}" has none`,
      hint: 'name them in "data: labels", or write "class: predicted"',
    });
  }
  const row = labels.findIndex((label) => label < 0 || label >= classCount(model));
  if (row < 0) return labels;
  throw new UserError('INVALID_DATA', {
    where: `${file}: row ${row}`,
    problem: `label ${labels[row]}, but model "${model.name}" has classes 0 to ${classCount(model) - 1}`,
    hint: 'labels are class numbers, counted from 0',
  });
}
