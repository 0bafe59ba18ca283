import { UserError } from '../../../base/user-error.js';
import type { Condition, Numeric } from '../../../policy/expression/syntax.js';
import type { RangeProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { assertionSubject } from '../assertions/assertion.js';
import { chooseInputs } from '../assertions/chosen.js';
import { classCount } from '../fit.js';
import type { OpenModel } from '../models.js';
import type { SubjectMaker } from '../subject.js';

/** lower <= f(x)_i <= upper for all x in the set and all chosen i. */
export const range: SubjectMaker<RangeProperty> = async (property, context) => {
  const { assume, lower, upper } = property;
  const inputs = await chooseInputs(property, assume === undefined ? [] : [assume], context);
  const chosen = outputsOf(property, inputs.model);
  const assertion = limits(chosen, property).reduce((left, right) => ({ kind: 'and', left, right }));
  const names = context.policy.models.get(property.model)?.outputs?.names;
  const nameOf = (index: number) => names?.[index] ?? `y[${index}]`;
  const limit = [lower !== undefined && `at least ${lower}`, upper !== undefined && `at most ${upper}`];
  const words = limit.filter((part) => part !== false).join(' and ');
  const outputs = property.outputs === undefined ? 'every output' : chosen.map(nameOf).join(', ');
  return assertionSubject(
    {
      property,
      inputs,
      expression: { text: `${outputs}: ${words}`, assertion },
      claim: `${outputs} is ${words} ${inputs.where}`,
      hasMargin: true,
      summary: (y) => outside(chosen, y, property, nameOf),
    },
    context,
  );
};

function outputsOf({ outputs, name }: RangeProperty, model: OpenModel): number[] {
  const count = classCount(model);
  const beyond = outputs?.find(({ index }) => index >= count);
  if (beyond === undefined)
    return outputs?.map(({ index }) => index) ?? Array.from({ length: count }, (_, index) => index);
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(beyond.at)}: property "${name}"`,
    problem: `output ${beyond.index} is beyond the ${count} of model "${model.name}"`,
    hint: `outputs are counted from 0: the last is ${count - 1}`,
  });
}

/** Of the least and of the greatest of the outputs that are chosen. */
function limits(chosen: readonly number[], { outputs, lower, upper }: RangeProperty): Condition[] {
  const extreme = (by: 'min' | 'max'): Numeric =>
    outputs === undefined
      ? { kind: 'reduction', by, of: 'y', place: 0 }
      : { kind: 'extremum', by, of: chosen.map((index) => ({ kind: 'element', of: 'y', index, place: 0 })) };
  const part = (operator: '>=' | '<=', left: Numeric, value: number): Condition => ({
    kind: 'comparison',
    operator,
    left,
    right:
      value < 0 ? { kind: 'negative', of: { kind: 'number', value: -value } } : { kind: 'number', value },
  });
  return [
    ...(lower === undefined ? [] : [part('>=', extreme('min'), lower)]),
    ...(upper === undefined ? [] : [part('<=', extreme('max'), upper)]),
  ];
}

/** The output that is farthest outside. */
function outside(
  chosen: readonly number[],
  y: ArrayLike<number>,
  { lower = -Infinity, upper = Infinity }: RangeProperty,
  nameOf: (index: number) => string,
): string {
  const nan = Array.from(y).findIndex(Number.isNaN);
  if (nan >= 0) return `output ${nameOf(nan)} is not a number`;
  const excess = (index: number) => Math.max((y[index] ?? 0) - upper, lower - (y[index] ?? 0));
  const worst = chosen.reduce((most, index) => (excess(index) > excess(most) ? index : most));
  const value = y[worst] ?? Number.NaN;
  return `output ${nameOf(worst)} is ${value}, ${value > upper ? `above ${upper}` : `below ${lower}`}`;
}
