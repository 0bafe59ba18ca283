// A counterexample on disk: the input and the output as arrays, and both as VNN-LIB wants them.
import { basename, join, resolve } from 'node:path';
import type { TypedModel } from '../../graph/typed-model.js';
import { formatCounterexample } from '../../policy/vnnlib/counterexample.js';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Witness } from '../../verify/decide.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';
import { encodeNpy } from '../npy.js';
import { type Subject, valuesOf } from './subject.js';

/** @returns the folder, as the output folder was given. @throws UserError FILE_UNWRITABLE */
export function saveCounterexample(
  property: VnnlibProperty,
  networks: Subject['networks'],
  { input, output }: Witness,
  { outputDir, cwd }: { readonly outputDir: string; readonly cwd: string },
): string {
  const arrays = networks.flatMap((each) => {
    const { typed } = each.model;
    const prefix = networks.length === 1 ? '' : `${each.network.name}-`;
    const [x, y] = [valuesOf(each, input), valuesOf(each, output, 'outputs')];
    return [
      { name: `${prefix}input.npy`, content: encodeNpy(x, shapeOf(typed.input)) },
      { name: `${prefix}output.npy`, content: encodeNpy(y, shapeOf(typed.output)) },
    ];
  });
  const inputs = arrays.filter((_, at) => at % 2 === 0).map(({ content }) => content);
  const hash = sha256(Buffer.concat(inputs)).slice(0, 8);
  const name = `${stem(networks[0].file)}-${stem(property.file)}-${hash}`;
  const folder = join(outputDir, 'counterexamples', name);
  const write = (part: string, content: string | Uint8Array) =>
    writeFileAtomic(resolve(cwd, folder, part), content);
  for (const array of arrays) write(array.name, array.content);
  write('counterexample.txt', formatCounterexample(property, input, output));
  return folder;
}

const shapeOf = ({ shape }: TypedModel['input']): number[] => [1, ...shape.slice(1).map(Number)];

/** `net` of `path/net.onnx.gz`; a name that files and shells take as it stands. */
const stem = (file: string): string =>
  basename(file)
    .replace(/(?:\.onnx|\.vnnlib)?(?:\.gz)?$/, '')
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 64);
