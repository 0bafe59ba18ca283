import { normalize } from 'node:path';
import { z } from 'zod';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import type { AgreementProperty } from '../policy.js';
import type { Sources } from '../sources.js';
import { list } from '../suggest.js';
import { common, dataName, linfEpsilon, modelName, own, rowProblems, rows, toSelection } from './keys.js';
import { kindRule } from './kind.js';

const text = z
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
  );

export const agreement = kindRule<typeof text, AgreementProperty>({
  text,
  references: ({ models, data }, path) => ({
    models: models.map((name, index) => ({ name, path: [...path, 'models', index] })),
    data: [{ name: data, path: [...path, 'data'] }],
  }),
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...selfAgreement(property, sources, path),
  ],
  toProperty: ({ kind, models, data, rows, linfEpsilon }, common) => ({
    ...common,
    kind,
    models,
    linfEpsilon,
    around: toSelection(data, rows),
  }),
});

function selfAgreement({ models }: z.output<typeof text>, sources: Sources, path: Path): Found[] {
  // One file with two kinds of preprocessing is two models.
  const [first, second] = models.map((name) => {
    const model = own(sources.models, name) ?? name;
    const { file, preprocess } = typeof model === 'object' ? model : { file: model };
    return JSON.stringify([normalize(file), preprocess]);
  });
  if (first !== second) return [];
  const problem = `models: ${list(models)} are one and the same model, which always agrees with itself`;
  return [{ path: [...path, 'models'], text: problem, hint: 'name two models' }];
}
