// Property kinds that are counted: one maker each.
import type { AccuracyProperty, Property, RegressionProperty } from '../../../policy/policy.js';
import type { SubjectContext } from '../subject.js';
import { accuracy } from './accuracy.js';
import type { Counted } from './count.js';
import { regression } from './regression.js';

type CountedProperty = AccuracyProperty | RegressionProperty;

export const isCounted = (property: Property): property is CountedProperty =>
  property.kind === 'accuracy' || property.kind === 'regression';

/** Opens what the property needs. Throws UserError where its parts do not fit together. */
export const createCount = (property: CountedProperty, context: SubjectContext): Promise<Counted> =>
  property.kind === 'accuracy' ? accuracy(property, context) : regression(property, context);
