// A finding's folder: the input, the seed, images of both where they are images, and last the description, so that a folder
// with a finding.json is complete.
import { join } from 'node:path';
import { distances } from '../../findings/distances.js';
import { type Finding, type FindingImages, findingSchemaVersion } from '../../findings/finding.js';
import type { Domain } from '../../fuzz/domain.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';
import { encodeNpy } from '../npy.js';
import { chainFileName } from './chain.js';
import { amplificationOf, differencePng, imagePng, isDrawable, scaleOf } from './images.js';
import { outputsFileName } from './outputs.js';

/** What a finding says besides its files and what follows from them. */
export type FindingParts = Omit<
  Finding,
  | 'schemaVersion'
  | 'input'
  | 'inputSha256'
  | 'seedInput'
  | 'seedSha256'
  | 'distances'
  | 'images'
  | 'integer'
  | 'chainFile'
  | 'outputsFile'
  | 'other'
  | 'otherSha256'
  | 'statement'
> & { readonly statement?: Finding['statement'] };

/** What the inputs are, as far as a finding says it. */
export type InputKind = Pick<Domain, 'shape' | 'image' | 'integer'> & {
  /** Least and greatest value of any element: black and white. */
  readonly range: readonly [number, number];
};

export const inputKind = ({ shape, image, integer, lower, upper }: Domain): InputKind => ({
  shape,
  image,
  integer,
  range: [
    lower.reduce((least, value) => Math.min(least, value), Infinity),
    upper.reduce((most, value) => Math.max(most, value), -Infinity),
  ],
});

/** Archives beside the two inputs, where there is something in them. */
export type FindingArchives = {
  /** `StoredChain.arrays`, of the chain in the finding's parts. */
  readonly chain?: Uint8Array | undefined;
  /** `storedOutputs`. */
  readonly outputs?: Uint8Array | undefined;
};

/**
 * @param other the second of two inputs
 * @param source what a perturbation made the input from, where that is not the seed
 * @throws UserError FILE_UNWRITABLE
 */
export function writeFinding(
  folder: string,
  parts: FindingParts,
  input: Float32Array,
  seed: Float32Array,
  kind: InputKind,
  { chain, outputs }: FindingArchives = {},
  other?: Float32Array,
  source?: Float32Array,
): Finding {
  const array = (data: Float32Array) => encodeNpy(data, [1, ...kind.shape]);
  const [inputNpy, seedNpy] = [array(input), array(seed)];
  const otherNpy = other && array(other);
  const finding: Finding = {
    schemaVersion: findingSchemaVersion,
    ...parts,
    statement: parts.statement ?? null,
    input: 'input.npy',
    inputSha256: sha256(inputNpy),
    seedInput: 'seed.npy',
    seedSha256: sha256(seedNpy),
    other: otherNpy === undefined ? null : 'other.npy',
    otherSha256: otherNpy === undefined ? null : sha256(otherNpy),
    distances: distances(input, seed),
    integer: [...(kind.integer ?? [])].flatMap((isWhole, at) => (isWhole === 1 ? [at] : [])),
    chainFile: chain === undefined ? null : chainFileName,
    outputsFile: outputs === undefined ? null : outputsFileName,
    images: writeImages(folder, input, seed, kind),
  };
  writeFileAtomic(join(folder, 'input.npy'), inputNpy);
  writeFileAtomic(join(folder, 'seed.npy'), seedNpy);
  if (otherNpy !== undefined) writeFileAtomic(join(folder, 'other.npy'), otherNpy);
  if (source !== undefined) writeFileAtomic(join(folder, 'source.npy'), array(source));
  if (chain !== undefined) writeFileAtomic(join(folder, chainFileName), chain, false);
  if (outputs !== undefined) writeFileAtomic(join(folder, outputsFileName), outputs, false);
  writeFileAtomic(join(folder, 'finding.json'), `${JSON.stringify(finding, null, 2)}\n`);
  return finding;
}

function writeImages(
  folder: string,
  input: Float32Array,
  seed: Float32Array,
  { image, range }: InputKind,
): FindingImages | null {
  if (image === undefined || !isDrawable(image)) return null;
  const amplification = amplificationOf(input, seed, range);
  writeFileAtomic(join(folder, 'input.png'), imagePng(input, image, range), false);
  writeFileAtomic(join(folder, 'seed.png'), imagePng(seed, image, range), false);
  writeFileAtomic(
    join(folder, 'difference.png'),
    differencePng(input, seed, image, range, amplification),
    false,
  );
  return { layout: image, range, scale: scaleOf(image), amplification };
}
