// Kinds of property. A new one is a name in findings/kinds.ts, a file here and a line in each table below, its type in policy.ts, and a
// subject in cli/check/subjects.
import { z } from 'zod';
import type { PropertyKind } from '../../findings/kinds.js';
import type { Property, PropertyCommon } from '../policy.js';
import { accuracy } from './accuracy.js';
import { agreement } from './agreement.js';
import { assert } from './assert.js';
import { confidence } from './confidence.js';
import { fairness } from './fairness.js';
import { finite } from './finite.js';
import type { PropertyKindRule, Surroundings } from './kind.js';
import { lipschitz } from './lipschitz.js';
import { monotonic } from './monotonic.js';
import { perturbation } from './perturbation.js';
import { range } from './range.js';
import { regression } from './regression.js';
import { robustness } from './robustness.js';
import { vnnlib } from './vnnlib.js';

export const kinds = {
  robustness,
  finite,
  agreement,
  monotonic,
  fairness,
  lipschitz,
  assert,
  range,
  confidence,
  vnnlib,
  perturbation,
  accuracy,
  regression,
} satisfies Record<PropertyKind, unknown>;

/** The text of a property, by the key `kind`. */
export const propertyText = z.discriminatedUnion('kind', [
  kinds.robustness.text,
  kinds.finite.text,
  kinds.agreement.text,
  kinds.monotonic.text,
  kinds.fairness.text,
  kinds.lipschitz.text,
  kinds.accuracy.text,
  kinds.regression.text,
  kinds.assert.text,
  kinds.range.text,
  kinds.confidence.text,
  kinds.vnnlib.text,
  kinds.perturbation.text,
]);

export type PropertyText = z.output<typeof propertyText>;

/** The rule of a text's kind, which takes that very text. */
export function ruleOf(text: PropertyText): PropertyKindRule<z.ZodObject, Property> {
  return kinds[text.kind] as unknown as PropertyKindRule<z.ZodObject, Property>;
}

export const toProperty = (text: PropertyText, common: PropertyCommon, around: Surroundings): Property =>
  ruleOf(text).toProperty(text, common, around);
