// corpora/manifest.json: where every file comes from, under which licence, and what it does on the test digits.
import { createHash } from 'node:crypto';
import { runtimeVersion } from '../../src/program/ort.js';
import { DIGITS_FILE } from './data.js';
import { OPSET } from './export.js';
import { SEED } from './recipes.js';

export type ModelEntry = {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly licence: string;
  readonly origin: string;
  readonly how: string;
  readonly opset: number;
  /** Share of the 540 test digits. */
  readonly testAccuracy: number;
  readonly figures: Readonly<Record<string, number>>;
};

const describe = (file: string, bytes: Uint8Array) => ({
  file,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
});

export const modelEntry = (
  name: string,
  bytes: Uint8Array,
  found: Pick<ModelEntry, 'how' | 'testAccuracy' | 'figures'>,
): ModelEntry => ({
  ...describe(`${name}.onnx`, bytes),
  licence: 'Apache-2.0',
  origin: `trained by this project from ${DIGITS_FILE}`,
  opset: OPSET,
  ...found,
});

const dataEntry = (archive: Uint8Array) => ({
  ...describe(DIGITS_FILE, archive),
  licence: 'CC BY 4.0',
  attribution:
    'E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49',
  origin: 'test part of the UCI data set, as scikit-learn ships it (load_digits)',
  how: 'shuffled with a fixed seed; the last 540 rows are for testing; pixel values 0 to 16 unchanged',
});

/** The file's text. No times or machine names, so that equal results give equal bytes. */
export const manifestText = (archive: Uint8Array, models: readonly ModelEntry[]): string =>
  `${JSON.stringify(
    {
      command: 'npm run corpora',
      seed: SEED,
      onnxruntimeNode: runtimeVersion(),
      reproducibility:
        'Equal bytes on the same type of machine. A CPU with other vector instructions rounds sums in another order, so training there gives slightly different weights.',
      data: [dataEntry(archive)],
      models,
    },
    undefined,
    2,
  )}\n`;
