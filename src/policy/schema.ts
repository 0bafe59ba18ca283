// The text form of a policy, version 1. Editors show the descriptions; errors quote them.
import { z } from 'zod';
import { greatestFinite } from '../base/dtype.js';
import { kinds, propertyText } from './kinds/index.js';
import { executions, name, seconds } from './kinds/keys.js';
import { data, elementNames, model } from './sources.js';
import { list } from './suggest.js';

/** The model is fed float32, so a bound beyond its greatest number could not be reached. */
const bound = z
  .number()
  .min(-greatestFinite.float32)
  .max(greatestFinite.float32)
  .describe('A bound of an input element, in the unit of the data (after its scale, before "preprocess").');

const pair = z.tuple([bound, bound]).describe('[lower, upper], lower <= upper.');

const inputs = z
  .strictObject({
    range: pair.optional().describe('[lower, upper] of every element of the input, such as [0, 1].'),
    ranges: z
      .array(pair)
      .min(1)
      .optional()
      .describe('One [lower, upper] for each element of the input, in row-major order.'),
    names: elementNames
      .optional()
      .describe('Names of the elements of the input in row-major order, for expressions.'),
  })
  .describe('The values that the model may be fed. Give exactly one of "range" and "ranges".')
  .meta({ oneOf: [{ required: ['range'] }, { required: ['ranges'] }] });

const budget = z
  .strictObject({ executions: executions.default(20_000), seconds: seconds.default(20) })
  .describe('How much work each property may cost, where it does not say so itself.');

export const policyText = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not read.'),
    version: z.literal(1).describe('Version of the policy language: 1.'),
    seed: z
      .int()
      .min(0)
      .default(1)
      .describe('Seed of every random choice: the same policy and seed give the same report.'),
    models: z.record(name, model).describe('The models under test, by name.'),
    inputs,
    data: z.record(name, data).default({}).describe('Data sets, by name.'),
    budget: budget.prefault({}),
    properties: z
      .array(propertyText.describe(`A property; its kind is one of ${list(Object.keys(kinds))}.`))
      .min(1)
      .describe('What must hold. The gate passes if every property passes.'),
  })
  .describe('What a neural network must satisfy, for "marauder check".');

/** The text form once zod has filled in its defaults. */
export type PolicyText = z.output<typeof policyText>;

/** JSON Schema of what may be written. Draft 7: the newest that the editors' YAML extensions read in full. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policyText, { io: 'input', target: 'draft-7' });
  return { ...schema, $id: 'urn:marauder:policy:1', title: 'Marauder policy, version 1' };
}
