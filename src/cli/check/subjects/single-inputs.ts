// The inputs that each of a pair may be, and its elements by their names.
import { UserError } from '../../../base/user-error.js';
import { boxesAround, type InputSet, wholeRange } from '../../../policy/input-set.js';
import type { ElementName, Policy, Property, RowSelection } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { list, nearest, show } from '../../../policy/suggest.js';
import { fitRows, inputShape, requireRanges } from '../fit.js';
import { withinWords } from '../instances.js';
import type { OpenModel } from '../models.js';
import type { SubjectContext } from '../subject.js';

export type Ranging = Property & {
  readonly around: RowSelection | undefined;
  readonly linfEpsilon: number | undefined;
};

/** Boxes around rows, or the whole range. */
export async function singleInputs(
  property: Ranging,
  model: OpenModel,
  { policy, resources }: SubjectContext,
): Promise<InputSet> {
  requireRanges(policy.inputs, model, property);
  const selected = property.around && (await resources.rows(property.around, property.at));
  const rows = selected && fitRows(selected, model);
  if (rows !== undefined && property.linfEpsilon !== undefined)
    return boxesAround(rows, selected?.firstRow ?? 0, property.linfEpsilon, policy.inputs);
  return wholeRange(inputShape(model), policy.inputs, rows, selected?.firstRow ?? 0);
}

export const whereWords = ({ linfEpsilon }: Pick<Ranging, 'linfEpsilon'>): string =>
  linfEpsilon === undefined ? 'for all inputs in the range' : withinWords(linfEpsilon);

/** Names of all elements, of the property's data set, or of any of the policy where it has none. */
const columnsOf = ({ around }: Ranging, size: number, { data }: Policy): (readonly string[])[] =>
  [...data.values()]
    .filter(({ name }) => around === undefined || name === around.data)
    .flatMap(({ inputs }) => (inputs?.length === size ? [inputs] : []));

/** @throws UserError INVALID_POLICY where there is no such element, or data sets have it in different places */
export function elementOf(
  name: ElementName,
  property: Ranging,
  { size }: InputSet,
  { policy }: Pick<SubjectContext, 'policy'>,
): number {
  const tables = columnsOf(property, size, policy);
  const columns = [...new Set(tables.flat())];
  const places = new Set(typeof name === 'number' ? [name] : tables.map((table) => table.indexOf(name)));
  const [at = -1, ...others] = places;
  if (at >= 0 && at < size && others.length === 0) return at;
  const where = `${placeOf(property.at)}: property "${property.name}"`;
  if (typeof name === 'number')
    throw new UserError('INVALID_POLICY', {
      where,
      problem: `there is no input element ${name}: the model takes ${size}`,
      hint: `elements are counted from 0: the last is ${size - 1}`,
    });
  const meant = nearest(name, columns);
  const known = columns.length > 0 ? `the columns are ${list(columns)}` : undefined;
  throw new UserError('INVALID_POLICY', {
    where,
    problem: `no input element is named ${show(name)}`,
    hint:
      (meant === undefined ? known : `did you mean ${show(meant)}?`) ??
      'name the columns in "inputs" of a CSV data set, or give positions counted from 0',
  });
}

/** @throws UserError INVALID_POLICY where the model has no such output */
export function requireOutput(output: number, count: number, property: Property): void {
  if (output < count) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `there is no output ${output}: the model has ${count}`,
    hint: `outputs are counted from 0: the last is ${count - 1}`,
  });
}
