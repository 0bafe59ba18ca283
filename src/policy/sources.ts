// The text form of what a policy opens: models and data sets.
import { z } from 'zod';
import { preprocess } from './preprocess-schema.js';

const path = z.string().min(1);

const modelFile = path.describe('Path of the ONNX file, relative to the folder of this policy.');
/** Names of elements, which expressions use; quoted there where they are no single word. */
export const elementNames = z.array(z.string().min(1).max(100)).min(1);

export const model = z
  .union([
    modelFile,
    z.strictObject({
      file: modelFile,
      preprocess: preprocess.optional(),
      outputs: elementNames
        .optional()
        .describe(
          "Names of the first output's elements (of classes, say) in row-major order, for expressions.",
        ),
    }),
  ])
  .describe(
    'The path of an ONNX file, or a mapping with the keys "file" and, if need be, "preprocess" and "outputs".',
  );

export const data = z
  .strictObject({
    file: path.describe(
      'Path of an .npz, .npy, .csv or IDX file, also compressed as .gz, or of a folder of PNG or JPEG images, ' +
        'relative to the folder of this policy.',
    ),
    inputs: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        '.npz: the name of the array of inputs (default: the only array that is not "labels"). ' +
          '.csv: the names of the input columns (default: all but the column of labels).',
      ),
    labels: z
      .string()
      .min(1)
      .optional()
      .describe(
        '.npz: the name of the array of class indices; .csv: the column of them; .npy and IDX: the path of another ' +
          'such file that holds them. Default: no labels. ' +
          'Folders of images have them in the names of their sub-folders.',
      ),
    scale: z
      .number()
      .positive()
      .default(1)
      .describe('Stored values are multiplied by this, for example 0.0625 for 0..16 to become 0..1.'),
  })
  .describe('A data set: rows of inputs, with or without labels.');

/** What the properties of a policy may refer to. */
export type Sources = {
  readonly models: Readonly<Record<string, z.output<typeof model>>>;
  readonly data: Readonly<Record<string, z.output<typeof data>>>;
  readonly inputs: { readonly names?: readonly string[] | undefined };
};
