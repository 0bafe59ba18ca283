import { z } from 'zod';
import type { LipschitzProperty } from '../policy.js';
import {
  common,
  modelName,
  oneModel,
  optionalRows,
  orphanProblems,
  rowProblems,
  slack,
  toAround,
} from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('lipschitz').describe('Outputs change by no more than a constant times the inputs do.'),
    ...common,
    model: modelName,
    ...optionalRows,
    constant: z
      .number()
      .min(0)
      .describe('L: greatest change of any output for a change of 1 of any inputs (linf).'),
    slack,
  })
  .describe(
    'For any two inputs of the set no output differs by more than L times their linf distance, and the slack.',
  );

export const lipschitz = kindRule<typeof text, LipschitzProperty>({
  text,
  references: oneModel,
  problems: (property, _sources, path) => [...rowProblems(property, path), ...orphanProblems(property, path)],
  toProperty: ({ kind, model, data, rows, linfEpsilon, constant, slack }, common) => ({
    ...common,
    kind,
    model,
    around: toAround({ data, rows }),
    linfEpsilon,
    constant,
    slack,
  }),
});
