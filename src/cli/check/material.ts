// What reporters may ask for: the policy's text, and witnesses as arrays, read when they are asked for.
import { resolve } from 'node:path';
import type { Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import { parseFinding } from '../../findings/finding-schema.js';
import { decodeNpy } from '../../policy/data/npy.js';
import type { Material, WitnessMaterial } from '../../report/material.js';
import { readFileBytes, readTextFile } from '../files.js';
import { outputsIn } from '../findings/outputs.js';
import { unlessBroken } from '../findings/read.js';

/** @param cwd what the report's findings are relative to */
export const materialIn = (
  cwd: string,
  { style, policyText }: Pick<Material, 'style' | 'policyText'>,
  features: Material['features'] = () => undefined,
): Material => ({
  style,
  policyText,
  features,
  witness: (finding) => unlessBroken(() => witnessIn(resolve(cwd, finding))),
});

function witnessIn(folder: string): WitnessMaterial {
  const file = resolve(folder, 'finding.json');
  const finding = parseFinding(readTextFile(file), file);
  const input = inputIn(resolve(folder, finding.input));
  const seed = finding.seedInput === null ? undefined : inputIn(resolve(folder, finding.seedInput));
  return {
    finding,
    shape: input.shape.slice(1),
    input: input.data,
    // One that does not fit is no seed of this input.
    seed: seed?.data.length === input.data.length ? seed.data : undefined,
    outputs: unlessBroken(() => outputsIn(folder, finding)) ?? finding.models.map(() => undefined),
  };
}

function inputIn(file: string): Tensor<'float32'> {
  const { dtype, shape, data } = decodeNpy(readFileBytes(file), file);
  if (data instanceof Float32Array) return { dtype: 'float32', shape, data };
  throw new UserError('INVALID_FINDING', { where: file, problem: `holds ${dtype}, not float32` });
}
