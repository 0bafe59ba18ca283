// Two models of one property.
import { UserError } from '../../../base/user-error.js';
import type { Property } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { classCount, inputShape } from '../fit.js';
import type { OpenModel } from '../models.js';

/** @throws UserError INVALID_POLICY where two models do not take the same inputs and give as many outputs */
export function requireAlike(first: OpenModel, second: OpenModel, property: Property): void {
  const [a, b] = [inputShape(first), inputShape(second)];
  const same = a.join() === b.join() && classCount(first) === classCount(second);
  if (same) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `model "${first.name}" maps [${a.join(', ')}] to ${classCount(first)} classes, "${second.name}" maps [${b.join(', ')}] to ${classCount(second)}`,
    hint: 'two models can be compared only on the same inputs and classes',
  });
}
