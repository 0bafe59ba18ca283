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
    kind: z.literal('agreement').describe('Two models, or one in two precisions, give the same answer.'),
    ...common,
    models: z.tuple([modelName, modelName]).optional().describe('The two models to compare.'),
    model: modelName.optional().describe('The model to compare with itself in another "precision".'),
    precision: z
      .enum(['float16', 'int8'])
      .optional()
      .describe(
        'What the second model is: "model" cast to float16, or quantised to int8 on the rows of the property.',
      ),
    data: dataName,
    rows: rows.optional(),
    linfEpsilon,
    tolerance: z
      .number()
      .min(0)
      .optional()
      .describe('Greatest difference of any output, instead of equal classes.'),
  })
  .describe(
    'Around each row both give the same class, the first of the greatest outputs; or, with "tolerance", outputs that differ by no more. ' +
      'A NaN violates it.',
  )
  .meta({ oneOf: [{ required: ['models'] }, { required: ['model', 'precision'] }] });

type Text = z.output<typeof text>;

export const agreement = kindRule<typeof text, AgreementProperty>({
  text,
  references: ({ models = [], model, data }, path) => ({
    models: [
      ...models.map((name, index) => ({ name, path: [...path, 'models', index] })),
      ...(model === undefined ? [] : [{ name: model, path: [...path, 'model'] }]),
    ],
    data: [{ name: data, path: [...path, 'data'] }],
  }),
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...pairProblems(property, path),
    ...selfAgreement(property, sources, path),
  ],
  toProperty: ({ kind, models, model = '', precision, data, rows, linfEpsilon, tolerance }, common) => ({
    ...common,
    kind,
    models: models ?? [model, model],
    precision,
    linfEpsilon,
    around: toSelection(data, rows),
    tolerance,
  }),
});

function pairProblems({ models, model, precision }: Text, path: Path): Found[] {
  const isOne = model !== undefined && precision !== undefined;
  const isTwo = models !== undefined;
  if (isOne !== isTwo && !(isTwo && (model ?? precision) !== undefined)) return [];
  const text = 'agreement: expected either "models", two of them, or "model" and "precision"';
  const hint = 'write "models: [first, second]", or "model: first" and "precision: float16"';
  return [{ path, text, hint }];
}

function selfAgreement({ models }: Text, sources: Sources, path: Path): Found[] {
  if (models === undefined) return [];
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
