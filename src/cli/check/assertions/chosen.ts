// The inputs that a property with an assumption is about, and what is known of the row of each instance.

import { isFloat } from '../../../base/dtype.js';
import { UserError } from '../../../base/user-error.js';
import type { Dataset } from '../../../policy/dataset.js';
import { requireElements } from '../../../policy/expression/fit.js';
import type { Fixed } from '../../../policy/expression/linear.js';
import { rowClassesIn } from '../../../policy/expression/syntax.js';
import { boxesAround, type InputSet, wholeRange } from '../../../policy/input-set.js';
import type { Chosen, Property, Written } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { plural } from '../../../report/words.js';
import { classCount, fitRows, inputShape, requireRanges } from '../fit.js';
import { wholeRangeName, withinWords } from '../instances.js';
import type { OpenModel } from '../models.js';
import type { SubjectContext } from '../subject.js';
import { predicted } from '../subjects/predicted.js';
import { narrowed } from './assumed.js';

export type ChosenInputs = {
  readonly model: OpenModel;
  readonly set: InputSet;
  readonly names: readonly string[] | undefined;
  /** Of each instance. */
  readonly fixed: readonly Fixed[];
  readonly notes: readonly string[];
  /** In words. */
  readonly where: string;
};

/** @param written all that speaks of these inputs */
export async function chooseInputs(
  property: Property & Chosen,
  written: readonly Written[],
  context: SubjectContext,
): Promise<ChosenInputs> {
  const { policy, resources } = context;
  const model = await resources.model(property.model);
  requireFit(property, model, context);
  for (const each of written) fitted(each, model);
  const { around, linfEpsilon, assume } = property;
  const selected = around && (await resources.rows(around, property.at));
  const rows = selected && fitRows(selected, model);
  const firstRow = selected?.firstRow ?? 0;
  const near = linfEpsilon === undefined ? undefined : rows;
  const set =
    near === undefined
      ? wholeRange(inputShape(model), policy.inputs, rows, firstRow)
      : boxesAround(near, firstRow, linfEpsilon ?? 0, policy.inputs);
  const fixedOf = await rowsOf(near, model, written, property);
  const words = near === undefined ? 'for every input in the range' : withinWords(linfEpsilon ?? 0);
  const names = near === undefined ? [wholeRangeName] : undefined;
  const all = Array.from({ length: set.lower.shape[0] ?? 0 }, (_, instance) => instance);
  if (assume === undefined) return { model, set, names, fixed: all.map(fixedOf), notes: [], where: words };
  const left = narrowed(set, assume.expression.assertion, fixedOf);
  if (left.kept.length === 0) throw empty(assume, near !== undefined);
  const dropped = all.length - left.kept.length;
  return {
    model,
    set: left.set,
    names,
    fixed: left.kept.map(fixedOf),
    notes: dropped === 0 ? [] : [`${plural(dropped, 'row')} left out: no input near them satisfies "assume"`],
    where: `${words} with ${oneLine(assume.expression.text)}`,
  };
}

/** What expressions may say of the row of each instance, as far as they do. */
async function rowsOf(
  near: Dataset | undefined,
  model: OpenModel,
  written: readonly Written[],
  property: Property,
): Promise<(instance: number) => Fixed> {
  const size = inputShape(model).reduce((product, dim) => product * dim, 1);
  const sizes = { x: size, y: classCount(model) };
  if (near === undefined) return () => ({ sizes, label: 0 });
  const classes = new Set(written.flatMap(({ expression }) => [...rowClassesIn(expression.assertion)]));
  if (classes.has('label')) requireLabels(near.labels, near.name, property);
  const answers = classes.has('predicted') ? await predicted(near, model) : undefined;
  return (instance) => ({
    sizes,
    label: near.labels?.[instance] ?? 0,
    predicted: answers?.[instance],
    row: near.inputs.data.subarray(instance * size, (instance + 1) * size),
  });
}

export const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

function requireFit(property: Property & Chosen, model: OpenModel, { policy }: SubjectContext): void {
  requireRanges(policy.inputs, model, property);
  const { typed } = model;
  if (!isFloat(typed.output.dtype))
    throw new UserError('UNSUPPORTED_MODEL', {
      where: `${placeOf(property.at)}: property "${property.name}"`,
      problem: `output "${typed.output.name}" of model "${model.name}" is ${typed.output.dtype}, and properties speak of float outputs`,
      hint: 'export the model with its scores as first output, not the chosen class',
    });
  const outputs = policy.models.get(property.model)?.outputs;
  const inputs = policy.inputs.names;
  const size = inputShape(model).reduce((product, dim) => product * dim, 1);
  if (inputs !== undefined && inputs.length !== size)
    throw miscounted(
      placeOf(property.at),
      'inputs: names',
      inputs.length,
      `input "${typed.input.name}"`,
      size,
    );
  if (outputs !== undefined && outputs.names.length !== classCount(model))
    throw miscounted(
      placeOf(outputs.at),
      `models: ${property.model}: outputs`,
      outputs.names.length,
      `output "${typed.output.name}"`,
      classCount(model),
    );
}

const miscounted = (where: string, key: string, given: number, what: string, size: number): UserError =>
  new UserError('INVALID_POLICY', {
    where,
    problem: `"${key}" has ${plural(given, 'name')}, but ${what} of the model has ${plural(size, 'element')}`,
    hint: 'give one name for each element, in row-major order',
  });

/** @throws UserError INVALID_POLICY where it names what the model does not have */
function fitted({ expression, spot }: Written, model: OpenModel): void {
  try {
    requireElements(expression, model.typed);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { at, excerpt } = spot(error.details.excerpt?.at ?? 0);
    throw new UserError('INVALID_POLICY', { ...error.details, where: placeOf(at), excerpt });
  }
}

function requireLabels(labels: Int32Array | undefined, data: string, property: Property): void {
  if (labels !== undefined) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `it speaks of "label", but data "${data}" has no labels`,
    hint: 'name them in "data: labels", or write "predicted"',
  });
}

function empty({ spot }: Written, isNear: boolean): UserError {
  const { at, excerpt } = spot(0);
  return new UserError('INVALID_POLICY', {
    where: placeOf(at),
    problem: `no input ${isNear ? 'near any of the rows' : 'in the range'} satisfies this assumption`,
    hint: 'anything holds of no input: correct the assumption, or the range under "inputs"',
    excerpt,
  });
}
