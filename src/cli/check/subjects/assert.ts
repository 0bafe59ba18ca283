import type { AssertProperty } from '../../../policy/policy.js';
import { assertionSubject } from '../assertions/assertion.js';
import { chooseInputs, oneLine } from '../assertions/chosen.js';
import type { SubjectMaker } from '../subject.js';

/** The expression is true, and no output is NaN, for all x in the set that satisfy the assumption. */
export const assert: SubjectMaker<AssertProperty> = async (property, context) => {
  const { assert: written, assume } = property;
  const inputs = await chooseInputs(property, assume === undefined ? [written] : [written, assume], context);
  const { expression } = written;
  const claim = `${oneLine(expression.text)} ${inputs.where}`;
  return assertionSubject({ property, inputs, expression, claim, hasMargin: false }, context);
};
