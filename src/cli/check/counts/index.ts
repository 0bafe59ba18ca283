// Property kinds that are counted: one maker each.
import type { Property } from '../../../policy/policy.js';
import type { SubjectContext } from '../subject.js';
import { accuracy } from './accuracy.js';
import type { Counted, CountedProperty } from './count.js';
import { regression } from './regression.js';

export const isCounted = (property: Property): property is CountedProperty =>
  property.kind === 'accuracy' || property.kind === 'regression';

/** Opens what the property needs. Throws UserError where its parts do not fit together. */
export const createCount = (property: CountedProperty, context: SubjectContext): Promise<Counted> =>
  property.kind === 'accuracy' ? accuracy(property, context) : regression(property, context);
