import { z } from 'zod';
import type { MonotonicProperty } from '../policy.js';
import {
  common,
  elementName,
  modelName,
  oneModel,
  optionalRows,
  orphanProblems,
  repeated,
  rowProblems,
  slack,
  toAround,
} from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('monotonic').describe('An output only rises, or only falls, as some features grow.'),
    ...common,
    model: modelName,
    ...optionalRows,
    features: z
      .array(elementName)
      .min(1)
      .describe('The input elements that grow, one or several at a time; the others stay as they are.'),
    output: z.int().min(0).default(0).describe('The output that is compared, by its position from 0.'),
    direction: z
      .enum(['increasing', 'decreasing'])
      .default('increasing')
      .describe('"increasing": the output does not fall; "decreasing": it does not rise.'),
    slack,
  })
  .describe('As features grow, an output does not move against its direction by more than the slack.');

export const monotonic = kindRule<typeof text, MonotonicProperty>({
  text,
  references: oneModel,
  problems: (property, _sources, path) => [
    ...rowProblems(property, path),
    ...orphanProblems(property, path),
    ...repeated(property.features, [...path, 'features']),
  ],
  toProperty: ({ kind, model, data, rows, linfEpsilon, features, output, direction, slack }, common) => ({
    ...common,
    kind,
    model,
    around: toAround({ data, rows }),
    linfEpsilon,
    features,
    output,
    direction,
    slack,
  }),
});
