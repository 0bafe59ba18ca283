import { resolve } from 'node:path';
import { z } from 'zod';
import type { VnnlibFileProperty } from '../policy.js';
import { common, modelName, oneModel } from './keys.js';
import { kindRule } from './kind.js';

const text = z
  .strictObject({
    kind: z.literal('vnnlib').describe('A property in a VNN-LIB file.'),
    ...common,
    model: modelName,
    file: z
      .string()
      .min(1)
      .describe('Path of a .vnnlib file, also compressed as .gz, relative to the folder of this policy.'),
  })
  .describe('No input satisfies what a VNN-LIB file asks for, which is a counterexample.');

export const vnnlib = kindRule<typeof text, VnnlibFileProperty>({
  text,
  references: oneModel,
  toProperty: ({ kind, model, file }, common, { source, path, folder }) => ({
    ...common,
    kind,
    model,
    file: resolve(folder, file),
    fileAt: source.at([...path, 'file']),
  }),
});
