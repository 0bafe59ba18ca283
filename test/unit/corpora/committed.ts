// The committed corpora, as a user's checkout has them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDigits } from '../../../corpora/train/data.js';
import type { ModelEntry } from '../../../corpora/train/manifest.js';
import { decodeModel } from '../../../src/onnx/decode.js';

export const folder = new URL('../../../corpora', import.meta.url).pathname;
export const bytesOf = (file: string): Uint8Array => readFileSync(join(folder, file));

export type Manifest = {
  readonly data: readonly Pick<ModelEntry, 'file' | 'sha256' | 'bytes' | 'licence'>[];
  readonly models: readonly ModelEntry[];
};
export const manifest: Manifest = JSON.parse(Buffer.from(bytesOf('manifest.json')).toString());

export const digits = readDigits(bytesOf('digits.npz'));

export function entryOf(name: string): ModelEntry {
  const found = manifest.models.find(({ file }) => file === `${name}.onnx`);
  if (found === undefined) throw new Error(`the manifest lists no ${name}`);
  return found;
}

export const modelOf = (name: string) => decodeModel(bytesOf(`${name}.onnx`), { file: `${name}.onnx` });
