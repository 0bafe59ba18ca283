// Keys that several kinds of property have.
import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RowSelection } from '../policy.js';
import { gate } from './gate.js';
import type { References } from './kind.js';

/** Names end up in file names, command lines and reports, so they need no quoting anywhere. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
  .describe('A name: letters, digits, "." "_" "-", at most 100, beginning with a letter or digit.');

export const executions = z
  .int()
  .min(1)
  .describe(
    'Greatest number of executions of the model for one property, over all its rows, and of sub-problems of branch and bound.',
  );
export const seconds = z
  .number()
  .positive()
  .describe('Greatest time for one property, in seconds. A run stopped by time is not repeatable.');

/** Keys of every property. */
export const common = {
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
  ...gate,
};

export const modelName = z.string().describe('Name of a model, one of the keys of "models".');
export const dataName = z.string().describe('Name of a data set, one of the keys of "data".');
const index = z.int().min(0).describe('Index of a row, counted from 0.');
export const rows = z
  .union([z.int().min(1), z.tuple([index, index])])
  .describe(
    'n for the first n rows, or [from, to] for the rows from (counted from 0) up to, but without, to. Default: all.',
  );
export const linfEpsilon = z
  .number()
  .min(0)
  .describe(
    'Greatest change of any one input element, in the unit of the data (after its scale, before "preprocess").',
  );

type RowsText = z.output<typeof rows>;

export function toSelection(data: string, text: RowsText | undefined): RowSelection {
  if (text === undefined) return { data, rows: undefined };
  const [from, to] = typeof text === 'number' ? [0, text] : text;
  return { data, rows: { from, to } };
}

export function rowProblems({ rows }: { readonly rows?: RowsText | undefined }, path: Path): Found[] {
  if (!Array.isArray(rows)) return [];
  const [from, to] = rows;
  if (from < to) return [];
  const text = `rows: [${from}, ${to}] holds no row; the first must be less than the second`;
  const hint = 'rows: [from, to] takes the rows from, from + 1, ..., to - 1, counted from 0';
  return [{ path: [...path, 'rows'], text, hint }];
}

/** Of a kind with one model, and rows perhaps. */
export const oneModel = (
  { model, data }: { readonly model: string; readonly data?: string | undefined },
  path: Path,
): References => ({
  models: [{ name: model, path: [...path, 'model'] }],
  data: data === undefined ? [] : [{ name: data, path: [...path, 'data'] }],
});

/** A name may be "constructor", which every object answers to. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
