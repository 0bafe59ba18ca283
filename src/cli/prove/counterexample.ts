// A counterexample on disk: the input and the output as arrays, and both as VNN-LIB wants them.
import { basename, join, resolve } from 'node:path';
import { formatCounterexample } from '../../policy/vnnlib/counterexample.js';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Witness } from '../../verify/decide.js';
import type { OpenModel } from '../check/models.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';
import { encodeNpy } from '../npy.js';

/** @returns the folder, as the output folder was given. @throws UserError FILE_UNWRITABLE */
export function saveCounterexample(
  property: VnnlibProperty,
  { file, typed }: OpenModel,
  { input, output }: Witness,
  { outputDir, cwd }: { readonly outputDir: string; readonly cwd: string },
): string {
  const array = encodeNpy(input, [1, ...typed.input.shape.slice(1).map(Number)]);
  const name = `${stem(file)}-${stem(property.file)}-${sha256(array).slice(0, 8)}`;
  const folder = join(outputDir, 'counterexamples', name);
  const write = (part: string, content: string | Uint8Array) =>
    writeFileAtomic(resolve(cwd, folder, part), content);
  write('input.npy', array);
  write('output.npy', encodeNpy(output, [1, ...typed.output.shape.slice(1).map(Number)]));
  write('counterexample.txt', formatCounterexample(property, input, output));
  return folder;
}

/** `net` of `path/net.onnx.gz`; a name that files and shells take as it stands. */
const stem = (file: string): string =>
  basename(file)
    .replace(/(?:\.onnx|\.vnnlib)?(?:\.gz)?$/, '')
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 64);
