// Keys that several kinds of property have.
import { z } from 'zod';
import { formatOf } from '../data/format.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RowSelection } from '../policy.js';
import type { Sources } from '../sources.js';
import { show } from '../suggest.js';
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
  unchecked: z
    .enum(['forbidden', 'unsupported', 'allowed'])
    .default('unsupported')
    .describe(
      'Which proofs count that the independent checker has not accepted. "forbidden": none. ' +
        '"unsupported": those that it cannot read, of a kind or an operator that it does not know. "allowed": all.',
    ),
  budget: z
    .strictObject({ executions: executions.optional(), seconds: seconds.optional() })
    .optional()
    .describe("Budget of this property. A key left out is taken from the policy's budget."),
  ...gate,
};

/** Keys of properties of finitely many inputs, all of which are run: nothing is searched for. */
export const counted = { name: common.name, expect: common.expect, severity: gate.severity };
export const findings = z
  .int()
  .min(1)
  .default(100)
  .describe(
    'Most rows whose findings are saved, the worst ones. Of the others the JSON report has the verdict; all count.',
  );

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

export const elementName = z
  .union([z.int().min(0), z.string().min(1)])
  .describe(
    'An element of the input: its position, counted from 0 in row-major order, or the name of its column in the "inputs" of the data.',
  );

export const slack = z
  .number()
  .min(0)
  .optional()
  .describe(
    'What an output may differ by beyond what is allowed. Default: what rounding may do to the model on this set, which the report states.',
  );

/** Names that a list has twice. */
export function repeated(list: readonly (string | number)[], path: Path): Found[] {
  return list.flatMap((entry, at) =>
    list.indexOf(entry) === at
      ? []
      : [{ path: [...path, at], text: `${JSON.stringify(entry)} is named twice`, hint: 'name it once' }],
  );
}

/** Of a kind whose set is the whole input range, or what is near rows. */
export const optionalRows = {
  data: dataName.optional(),
  rows: rows.optional(),
  linfEpsilon: linfEpsilon
    .optional()
    .describe('Greatest change of any element of a row. Default: the whole input range is searched.'),
};

type OptionalRows = {
  readonly [Key in keyof typeof optionalRows]?: z.output<(typeof optionalRows)[Key]> | undefined;
};

/** Keys that speak of rows, where there are none. */
export function orphanProblems(property: OptionalRows, path: Path): Found[] {
  if (property.data !== undefined) return [];
  const keys = (['rows', 'linfEpsilon'] as const).filter((key) => property[key] !== undefined);
  return keys.map((key) => ({
    path: [...path, key],
    text: `${key} needs "data", the rows that it speaks of`,
    hint: `add "data", or leave out ${key} to search the whole input range`,
  }));
}

export const toAround = ({ data, rows }: OptionalRows): RowSelection | undefined =>
  data === undefined ? undefined : toSelection(data, rows);

/** A folder's labels are the names of its sub-folders, so there only loading can tell. */
export function lacksLabels(name: string, sources: Sources): boolean {
  const data = own(sources.data, name);
  return data !== undefined && data.labels === undefined && formatOf(data.file) !== undefined;
}

export function labelProblems(name: string, sources: Sources, path: Path, needing: string): Found[] {
  if (!lacksLabels(name, sources)) return [];
  const text = `${needing} needs labels, but the data set ${show(name)} has no "labels"`;
  return [{ path, text, hint: `add "labels" to data.${name}` }];
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
