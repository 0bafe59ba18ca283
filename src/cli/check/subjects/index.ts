// Property kinds: one maker each.
import { UserError } from '../../../base/user-error.js';
import type { Property } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Subject, SubjectContext } from '../subject.js';
import { agreement } from './agreement.js';
import { assert } from './assert.js';
import { confidence } from './confidence.js';
import { fairness } from './fairness.js';
import { finite } from './finite.js';
import { lipschitz } from './lipschitz.js';
import { monotonic } from './monotonic.js';
import { perturbation } from './perturbation.js';
import { range } from './range.js';
import { robustness } from './robustness.js';
import { vnnlib } from './vnnlib.js';

/** Opens what the property needs. Throws UserError where its parts do not fit together. */
export function createSubject(property: Property, context: SubjectContext): Promise<Subject> {
  switch (property.kind) {
    case 'robustness':
      return robustness(property, context);
    case 'finite':
      return finite(property, context);
    case 'agreement':
      return agreement(property, context);
    case 'monotonic':
      return monotonic(property, context);
    case 'fairness':
      return fairness(property, context);
    case 'lipschitz':
      return lipschitz(property, context);
    case 'accuracy':
    case 'regression':
      throw new UserError('INVALID_POLICY', notSearched(property));
    case 'assert':
      return assert(property, context);
    case 'range':
      return range(property, context);
    case 'confidence':
      return confidence(property, context);
    case 'vnnlib':
      return vnnlib(property, context);
    case 'perturbation':
      return perturbation(property, context);
  }
}

const notSearched = ({ kind, name, at }: Property) => ({
  where: `${placeOf(at)}: property "${name}"`,
  problem: `${kind} is counted on rows: there is nothing to search for`,
  hint: 'run it with "marauder check", or choose others with --property',
});
