// Rows with labels, as instances of one input each.
import { UserError } from '../../../base/user-error.js';
import { boxesAround, type InputSet } from '../../../policy/input-set.js';
import type { Property, RowSelection } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { classCount, fitRows, requireClasses } from '../fit.js';
import type { OpenModel } from '../models.js';
import type { SubjectContext } from '../subject.js';

export type Labelled = { readonly set: InputSet; readonly labels: Int32Array };

/** @throws UserError where there are none, or a label is no class of the model */
export async function labelledRows(
  property: Property & { readonly around: RowSelection },
  model: OpenModel,
  { policy, resources }: SubjectContext,
  linfEpsilon = 0,
): Promise<Labelled> {
  requireClasses(model, property);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, model);
  const { labels, name } = rows;
  if (labels === undefined)
    throw new UserError('INVALID_POLICY', {
      where: `${placeOf(property.at)}: property "${property.name}"`,
      problem: `${property.kind} needs labels, but data "${name}" has none`,
      hint: 'name them in "data: labels"',
    });
  const row = labels.findIndex((label) => label < 0 || label >= classCount(model));
  if (row >= 0)
    throw new UserError('INVALID_DATA', {
      where: `${selected.file}: row ${row + selected.firstRow}`,
      problem: `label ${labels[row]}, but model "${model.name}" has classes 0 to ${classCount(model) - 1}`,
      hint: 'labels are class numbers, counted from 0',
    });
  return { set: boxesAround(rows, selected.firstRow, linfEpsilon, policy.inputs), labels };
}
