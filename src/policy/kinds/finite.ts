import { z } from 'zod';
import type { FiniteProperty } from '../policy.js';
import { common, modelName, oneModel, optionalRows, orphanProblems, rowProblems, toAround } from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('finite').describe('No NaN and no infinity is computed.'),
    ...common,
    model: modelName,
    ...optionalRows,
  })
  .describe('Every value that the model computes is finite: no NaN, no infinity.');

export const finite = kindRule<typeof text, FiniteProperty>({
  text,
  references: oneModel,
  problems: (property, _sources, path) => [...rowProblems(property, path), ...orphanProblems(property, path)],
  toProperty: ({ kind, model, data, rows, linfEpsilon }, common) => ({
    ...common,
    kind,
    model,
    around: toAround({ data, rows }),
    linfEpsilon,
  }),
});
