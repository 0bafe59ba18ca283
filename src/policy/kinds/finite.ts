import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { FiniteProperty } from '../policy.js';
import {
  common,
  dataName,
  linfEpsilon,
  modelName,
  oneModel,
  rowProblems,
  rows,
  toSelection,
} from './keys.js';
import { kindRule } from './kind.js';

const text = z
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
  .describe('Every value that the model computes is finite: no NaN, no infinity.');

export const finite = kindRule<typeof text, FiniteProperty>({
  text,
  references: oneModel,
  problems: (property, _sources, path) => [...rowProblems(property, path), ...orphans(property, path)],
  toProperty: ({ kind, model, data, rows, linfEpsilon }, common) => ({
    ...common,
    kind,
    model,
    around: data === undefined ? undefined : toSelection(data, rows),
    linfEpsilon,
  }),
});

function orphans(property: z.output<typeof text>, path: Path): Found[] {
  if (property.data !== undefined) return [];
  const keys = (['rows', 'linfEpsilon'] as const).filter((key) => property[key] !== undefined);
  return keys.map((key) => ({
    path: [...path, key],
    text: `${key} needs "data", the rows that it speaks of`,
    hint: `add "data", or leave out ${key} to search the whole input range`,
  }));
}
