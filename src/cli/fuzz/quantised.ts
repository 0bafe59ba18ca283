// A model quantised to 8 bits on the rows that the search starts from: a file of its own, which can be replayed, inspected and sent.
import { resolve } from 'node:path';
import { discoverTypes } from '../../backends/discover-types.js';
import { calibrated, toInt8 } from '../../graph/precision/int8.js';
import { preprocessed } from '../../graph/preprocess.js';
import { encodeModel } from '../../onnx/encode.js';
import { loadModel } from '../../onnx/load.js';
import { calibrate } from '../../ops/calibrate.js';
import type { Dataset } from '../../policy/dataset.js';
import type { Runtime } from '../../program/session.js';
import type { ModelSource } from '../check/models.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';

export type Quantising = {
  /** As it is to appear in errors. */
  readonly file: string;
  readonly rows: Dataset;
  /** Between the rows and the file. */
  readonly preprocess?: ModelSource['preprocess'];
  /** Absolute. */
  readonly folder: string;
};

/**
 * Equal models and rows give equal bytes. Named by them, so that findings of other rows keep the model that they ran on.
 * @returns the absolute path of the file
 */
export async function writeQuantised(
  { file, rows, folder, preprocess }: Quantising,
  runtime: Runtime,
): Promise<string> {
  // The file itself, and not what passes have made of it.
  const typed = await discoverTypes((await loadModel(file)).model, file, runtime);
  const fed = preprocess === undefined ? typed : preprocessed(typed, preprocess.steps, preprocess.where);
  const ranges = await calibrate(fed, calibrated(typed), rows.inputs, file, runtime);
  const bytes = encodeModel(toInt8(typed, ranges, file));
  const written = resolve(folder, `int8-${sha256(bytes).slice(0, 8)}.onnx`);
  writeFileAtomic(written, bytes);
  return written;
}
