// Property kinds: one maker each.
import type { Property } from '../../../policy/policy.js';
import type { Subject, SubjectContext } from '../subject.js';
import { agreement } from './agreement.js';
import { finite } from './finite.js';
import { robustness } from './robustness.js';

/** Opens what the property needs. Throws UserError where its parts do not fit together. */
export function createSubject(property: Property, context: SubjectContext): Promise<Subject> {
  switch (property.kind) {
    case 'robustness':
      return robustness(property, context);
    case 'finite':
      return finite(property, context);
    case 'agreement':
      return agreement(property, context);
  }
}
