import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { RegressionProperty } from '../policy.js';
import {
  counted,
  dataName,
  findings,
  labelProblems,
  linfEpsilon,
  modelName,
  rowProblems,
  rows,
  toSelection,
} from './keys.js';
import { kindRule } from './kind.js';

const drop = z.number().min(0).max(1);

const text = z
  .strictObject({
    kind: z.literal('regression').describe('A new model does not lose what an old one had.'),
    ...counted,
    model: modelName.describe('The new model, one of the keys of "models".'),
    baseline: modelName.describe('The old model, one of the keys of "models".'),
    data: dataName,
    rows: rows.optional(),
    accuracyDrop: drop
      .default(0)
      .describe('Greatest share of the rows, 0 to 1, that the old model has right and the new one wrong.'),
    provedDrop: drop
      .optional()
      .describe('By so much the share of rows proved robust within "linfEpsilon" may fall, 0 to 1.'),
    linfEpsilon: linfEpsilon
      .optional()
      .describe('Greatest change of any element of a row, for "provedDrop".'),
    findings,
  })
  .describe(
    'Few enough rows are right with the old model and wrong with the new one, and, with "provedDrop", not many fewer are proved robust.',
  );

type Text = z.output<typeof text>;

export const regression = kindRule<typeof text, RegressionProperty>({
  text,
  references: ({ model, baseline, data }, path) => ({
    models: [
      { name: model, path: [...path, 'model'] },
      { name: baseline, path: [...path, 'baseline'] },
    ],
    data: [{ name: data, path: [...path, 'data'] }],
  }),
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...labelProblems(property.data, sources, [...path, 'data'], 'regression'),
    ...keyProblems(property, path),
  ],
  toProperty: (
    { kind, model, baseline, data, rows, accuracyDrop, provedDrop, linfEpsilon, findings },
    common,
  ) => ({
    ...common,
    kind,
    model,
    baseline,
    around: toSelection(data, rows),
    share: 1 - accuracyDrop,
    findings,
    proved:
      provedDrop === undefined || linfEpsilon === undefined ? undefined : { linfEpsilon, drop: provedDrop },
  }),
});

function keyProblems({ model, baseline, provedDrop, linfEpsilon }: Text, path: Path): Found[] {
  const found: Found[] = [];
  if (model === baseline)
    found.push({
      path: [...path, 'baseline'],
      text: 'model and baseline are one and the same model, which never loses anything',
      hint: 'name the old model as "baseline"',
    });
  if ((provedDrop === undefined) !== (linfEpsilon === undefined)) {
    const [given, missing] =
      provedDrop === undefined ? ['linfEpsilon', 'provedDrop'] : ['provedDrop', 'linfEpsilon'];
    found.push({
      path: [...path, given],
      text: `${given} needs "${missing}": both say what may be lost of proved robustness`,
      hint: `add "${missing}", or leave out ${given}`,
    });
  }
  return found;
}
