// A finding read back, with its models opened as they are now, ready to be judged again.
import { resolve } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { Finding } from '../../findings/finding.js';
import { parseFinding } from '../../findings/finding-schema.js';
import { decodeNpy } from '../../policy/data/npy.js';
import type { Runtime } from '../../program/session.js';
import { inputShape } from '../check/fit.js';
import { type OpenModel, openModel } from '../check/models.js';
import { readFileBytes, readTextFile } from '../files.js';
import { sha256 } from '../hash.js';

export type OpenFinding = {
  /** Absolute. */
  readonly folder: string;
  readonly finding: Finding;
  readonly input: Float32Array;
  /** What the search started from; undefined where the finding has none. */
  readonly seed: Float32Array | undefined;
  /** The second input, where the property is one of two. */
  readonly other: Float32Array | undefined;
  /** What a perturbation made the input from, where that is not the seed. */
  readonly source: Float32Array | undefined;
  readonly models: readonly OpenModel[];
  /** What is no longer as the finding has it. */
  readonly changed: readonly string[];
};

/** Opens findings; a model that several of them share is opened once. @param folder absolute */
export type FindingOpener = (folder: string) => Promise<OpenFinding>;

export function createFindingOpener(runtime: Runtime): FindingOpener {
  const opened = new Map<string, Promise<OpenModel>>();
  const open = ({ name, file, preprocess, derived }: Finding['models'][number], folder: string) => {
    const path = resolve(folder, file);
    const key = JSON.stringify([name, path, preprocess, derived]);
    const steps = preprocess && { steps: preprocess, where: resolve(folder, 'finding.json') };
    const model = opened.get(key) ?? openModel({ name, file: path, preprocess: steps, derived }, runtime);
    opened.set(key, model);
    return model;
  };
  return async (folder) => {
    const file = resolve(folder, 'finding.json');
    const finding = parseFinding(readTextFile(file), file);
    const input = readArray(resolve(folder, finding.input));
    const seed = finding.seedInput === null ? undefined : readArray(resolve(folder, finding.seedInput));
    const other = finding.other === null ? undefined : readArray(resolve(folder, finding.other));
    const from = finding.perturbation?.source ?? null;
    const source = from === null ? undefined : readArray(resolve(folder, from));
    const models: OpenModel[] = [];
    for (const model of finding.models) models.push(await open(model, folder));
    const changed = changedIn(finding, folder, models, { input, seed, other });
    return {
      folder,
      finding,
      input: fitted(input, models),
      seed: seed && fitted(seed, models),
      other: other && fitted(other, models),
      source: source && fitted(source, models),
      models,
      changed,
    };
  };
}

/** What is no longer as the finding has it. */
function changedIn(
  finding: Finding,
  folder: string,
  models: readonly OpenModel[],
  { input, seed, other }: StoredInputs,
): string[] {
  const changed = finding.models
    .filter((model, at) => models[at]?.sha256 !== model.sha256)
    .map(({ name }) => `model "${name}"`);
  if (isChanged(finding.propertyFile, folder)) changed.push('its property file');
  if (input.sha256 !== finding.inputSha256) changed.push('its input');
  if (seed !== undefined && seed.sha256 !== finding.seedSha256) changed.push('its seed');
  if (other !== undefined && other.sha256 !== finding.otherSha256) changed.push('its second input');
  return changed;
}

const isChanged = (ref: Finding['propertyFile'], folder: string): boolean =>
  ref !== null && sha256(readFileBytes(resolve(folder, ref.file))) !== ref.sha256;

type Stored = { readonly values: Tensor; readonly sha256: string; readonly file: string };

type StoredInputs = {
  readonly input: Stored;
  readonly seed: Stored | undefined;
  readonly other: Stored | undefined;
};

function readArray(file: string): Stored {
  const bytes = readFileBytes(file);
  return { values: decodeNpy(bytes, file), sha256: sha256(bytes), file };
}

function fitted({ values, file }: Stored, models: readonly OpenModel[]): Float32Array {
  for (const model of models) {
    const expected = sizeOf(inputShape(model));
    if (values.dtype === 'float32' && values.data.length === expected) continue;
    throw new UserError('INVALID_FINDING', {
      where: file,
      problem: `holds ${values.data.length} elements of ${values.dtype}, but model "${model.name}" takes ${expected} of float32`,
      hint: 'the model or the file has changed since the finding was saved; run "marauder check" again',
    });
  }
  return (values as Tensor<'float32'>).data;
}
