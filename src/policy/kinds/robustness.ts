import { z } from 'zod';
import { formatOf } from '../data/format.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RobustnessProperty } from '../policy.js';
import type { Sources } from '../sources.js';
import { show } from '../suggest.js';
import {
  common,
  dataName,
  linfEpsilon,
  modelName,
  oneModel,
  own,
  rowProblems,
  rows,
  toSelection,
} from './keys.js';
import { kindRule } from './kind.js';

const text = z
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
  .describe('Around each row the model gives one and the same class. A tie or a NaN violates it.');

export const robustness = kindRule<typeof text, RobustnessProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...labelProblems(property, sources, path),
  ],
  toProperty: ({ kind, model, data, rows, linfEpsilon, class: kept }, common) => ({
    ...common,
    kind,
    model,
    linfEpsilon,
    around: toSelection(data, rows),
    class: kept,
  }),
});

/** A folder's labels are the names of its sub-folders, so there only loading can tell. */
function labelProblems(property: z.output<typeof text>, sources: Sources, path: Path): Found[] {
  if (property.class !== 'label') return [];
  const data = own(sources.data, property.data);
  if (data === undefined || data.labels !== undefined) return [];
  if (formatOf(data.file) === undefined) return [];
  const problem = `class: label, but the data set ${show(property.data)} has no "labels"`;
  const hint = `add "labels" to data.${property.data}, or write "class: predicted"`;
  return [{ path: [...path, 'class'], text: problem, hint }];
}
