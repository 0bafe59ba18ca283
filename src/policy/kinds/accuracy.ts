import { z } from 'zod';
import type { AccuracyProperty } from '../policy.js';
import {
  counted,
  dataName,
  findings,
  labelProblems,
  modelName,
  oneModel,
  rowProblems,
  rows,
  toSelection,
} from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('accuracy').describe('The model has enough rows of a data set right.'),
    ...counted,
    model: modelName,
    data: dataName,
    rows: rows.optional(),
    atLeast: z.number().min(0).max(1).describe('Least share of the rows, 0 to 1, that are right.'),
    topK: z
      .int()
      .min(1)
      .default(1)
      .describe('A row is right if its label is among so many of the greatest outputs.'),
    findings,
  })
  .describe(
    'Enough rows have their label among the greatest outputs, of equal ones the first. Every row is run once, at batch size 1.',
  );

export const accuracy = kindRule<typeof text, AccuracyProperty>({
  text,
  references: oneModel,
  problems: (property, sources, path) => [
    ...rowProblems(property, path),
    ...labelProblems(property.data, sources, [...path, 'data'], 'accuracy'),
  ],
  toProperty: ({ kind, model, data, rows, atLeast, topK, findings }, common) => ({
    ...common,
    kind,
    model,
    around: toSelection(data, rows),
    share: atLeast,
    topK,
    findings,
  }),
});
