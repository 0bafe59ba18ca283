// A model from disk, with the files beside it that hold its weights.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../base/user-error.js';
import type { Model } from '../graph/graph.js';
import { unwrap } from './container.js';
import { decodeModel } from './decode.js';
import { encodeModel } from './encode.js';
import { externalFiles } from './external-files.js';
import { fileError } from './file-errors.js';
import { inlineFunctions } from './inline-functions.js';

export type LoadedModel = {
  /** Its own functions are inlined. */
  readonly model: Model;
  /** What ONNX Runtime can load without the disk: decompressed, external data included. */
  readonly bytes: Uint8Array;
  /**
   * Hex, over the file as it lies on disk followed by its external files in the order of their names:
   * what `cat model.onnx a.data b.data | sha256sum` gives.
   */
  readonly sha256: string;
};

export async function loadModel(file: string): Promise<LoadedModel> {
  const content = await read(file);
  const bytes = unwrap(content, file);
  const external = externalFiles(file);
  const source = { file, readExternal: external.read };
  const model = inlineFunctions(decodeModel(bytes, source), source);
  const beside = external.contents();
  const hash = createHash('sha256').update(content);
  for (const data of beside) hash.update(data);
  return { model, bytes: beside.length === 0 ? bytes : encodeModel(model), sha256: hash.digest('hex') };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    const found = await stat(file);
    if (found.isDirectory())
      throw notAFile(file, 'is a folder, not a file', 'give the path of the .onnx file in it');
    // Pipes and devices would block or never end.
    if (!found.isFile()) throw notAFile(file, 'is not a regular file', 'copy the model into a file');
    return await readFile(file);
  } catch (thrown) {
    throw fileError(file, thrown, `looked for ${resolve(file)}: check the path`);
  }
}

const notAFile = (where: string, problem: string, hint: string) =>
  new UserError('FILE_UNREADABLE', { where, problem, hint });
