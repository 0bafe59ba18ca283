// The text form of a policy, version 1. Editors show the descriptions; errors quote them.
import { z } from 'zod';
import { greatestFinite } from '../base/dtype.js';
import { preprocess } from './preprocess-schema.js';

/** Names end up in file names, command lines and reports, so they need no quoting anywhere. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
  .describe('A name: letters, digits, "." "_" "-", at most 100, beginning with a letter or digit.');

const path = z.string().min(1);

/** The model is fed float32, so a bound beyond its greatest number could not be reached. */
const bound = z
  .number()
  .min(-greatestFinite.float32)
  .max(greatestFinite.float32)
  .describe('A bound of an input element, in the unit of the data (after its scale, before "preprocess").');

const pair = z.tuple([bound, bound]).describe('[lower, upper], lower <= upper.');

const modelFile = path.describe('Path of the ONNX file, relative to the folder of this policy.');
const model = z
  .union([modelFile, z.strictObject({ file: modelFile, preprocess: preprocess.optional() })])
  .describe('The path of an ONNX file, or a mapping with the keys "file" and, if need be, "preprocess".');

const inputs = z
  .strictObject({
    range: pair.optional().describe('[lower, upper] of every element of the input, such as [0, 1].'),
    ranges: z
      .array(pair)
      .min(1)
      .optional()
      .describe('One [lower, upper] for each element of the input, in row-major order.'),
  })
  .describe('The values that the model may be fed. Give exactly one of "range" and "ranges".')
  .meta({ oneOf: [{ required: ['range'] }, { required: ['ranges'] }] });

const data = z
  .strictObject({
    file: path.describe(
      'Path of an .npz, .npy, .csv or IDX file, also compressed as .gz, or of a folder of PNG or JPEG images, ' +
        'relative to the folder of this policy.',
    ),
    inputs: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        '.npz: the name of the array of inputs (default: the only array that is not "labels"). ' +
          '.csv: the names of the input columns (default: all but the column of labels).',
      ),
    labels: z
      .string()
      .min(1)
      .optional()
      .describe(
        '.npz: the name of the array of class indices; .csv: the column of them; .npy and IDX: the path of another ' +
          'such file that holds them. Default: no labels. ' +
          'Folders of images have them in the names of their sub-folders.',
      ),
    scale: z
      .number()
      .positive()
      .default(1)
      .describe('Stored values are multiplied by this, for example 0.0625 for 0..16 to become 0..1.'),
  })
  .describe('A data set: rows of inputs, with or without labels.');

const executions = z
  .int()
  .min(1)
  .describe(
    'Greatest number of executions of the model for one property, over all its rows, and of sub-problems of branch and bound.',
  );
const seconds = z
  .number()
  .positive()
  .describe('Greatest time for one property, in seconds. A run stopped by time is not repeatable.');

const budget = z
  .strictObject({ executions: executions.default(20_000), seconds: seconds.default(20) })
  .describe('How much work each property may cost, where it does not say so itself.');

const common = {
  name: name.describe('Name of the property, unique in this policy; reports and findings refer to it.'),
  expect: z
    .enum(['proved', 'tested'])
    .describe(
      'The verdict needed to pass. "proved": holds for every input, by proof. ' +
        '"tested": no violation found within the budget, or proved.',
    ),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Least share of the rows, 0 to 1, that must have the expected verdict or a stronger one.'),
  budget: z
    .strictObject({ executions: executions.optional(), seconds: seconds.optional() })
    .optional()
    .describe("Budget of this property. A key left out is taken from the policy's budget."),
};

const modelName = z.string().describe('Name of a model, one of the keys of "models".');
const dataName = z.string().describe('Name of a data set, one of the keys of "data".');
const index = z.int().min(0).describe('Index of a row, counted from 0.');
const rows = z
  .union([z.int().min(1), z.tuple([index, index])])
  .describe(
    'n for the first n rows, or [from, to] for the rows from (counted from 0) up to, but without, to. Default: all.',
  );
const linfEpsilon = z
  .number()
  .min(0)
  .describe(
    'Greatest change of any one input element, in the unit of the data (after its scale, before "preprocess").',
  );

const kinds = [
  z
    .strictObject({
      kind: z.literal('robustness').describe('Robustness: the class does not change around the rows.'),
      ...common,
      model: modelName,
      data: dataName,
      rows: rows.optional(),
      linfEpsilon,
      class: z
        .enum(['label', 'predicted'])
        .default('predicted')
        .describe('The class to keep: the label of the row, or the answer of the model at the row.'),
    })
    .describe('Around each row the model gives one and the same class. A tie or a NaN violates it.'),
  z
    .strictObject({
      kind: z.literal('finite').describe('No NaN and no infinity is computed.'),
      ...common,
      model: modelName,
      data: dataName.optional(),
      rows: rows.optional(),
      linfEpsilon: linfEpsilon
        .optional()
        .describe('Greatest change of any element of a row. Default: the whole input range is searched.'),
    })
    .describe('Every value that the model computes is finite: no NaN, no infinity.'),
  z
    .strictObject({
      kind: z.literal('agreement').describe('Two models give the same class.'),
      ...common,
      models: z.tuple([modelName, modelName]).describe('The two models to compare.'),
      data: dataName,
      rows: rows.optional(),
      linfEpsilon,
    })
    .describe(
      'Around each row two models give the same class: the first of the greatest outputs. A NaN violates it.',
    ),
] as const;

/** The kinds of property, by the key `kind`. */
export const propertyText = z.discriminatedUnion('kind', kinds);

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
      .array(propertyText.describe('A property of kind "robustness", "finite" or "agreement".'))
      .min(1)
      .describe('What must hold. The gate passes if every property passes.'),
  })
  .describe('What a neural network must satisfy, for "marauder check".');

/** The text form once zod has filled in its defaults. */
export type PolicyText = z.output<typeof policyText>;
export type PropertyText = z.output<typeof propertyText>;
export type RowsText = NonNullable<PropertyText['rows']>;

/** JSON Schema of what may be written. Draft 7: the newest that the editors' YAML extensions read in full. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policyText, { io: 'input', target: 'draft-7' });
  return { ...schema, $id: 'urn:marauder:policy:1', title: 'Marauder policy, version 1' };
}
