// The chain of mutations of a finding: in words and numbers in finding.json, and as arrays beside it, which are what each step
// gave and what it was mixed with. The last one gave the finding's own input.
import { join } from 'node:path';
import { rowLength, type Shape } from '../../base/shape.js';
import { joined } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { Finding, Mutation } from '../../findings/finding.js';
import type { ChainStep } from '../../fuzz/chain.js';
import { readArrays } from '../corpus/archive.js';
import { readFileBytes } from '../files.js';
import { encodeNpy } from '../npy.js';
import { writeNpz } from '../npz.js';

export const chainFileName = 'chain.npz' as const;

export type StoredChain = {
  readonly chain: readonly Mutation[];
  /** `chain.npz`; undefined where the chain has one step or none, and nothing was mixed. */
  readonly arrays: Uint8Array | undefined;
};

/** @param shape of one input, without the batch */
export function storedChain(steps: readonly ChainStep[], shape: Shape): StoredChain {
  const between = steps.slice(0, -1).map(({ result }) => result);
  const partners: Float32Array[] = [];
  const chain = steps.map(({ by, parameters, partner }) => {
    const at = partner === undefined ? null : partners.push(partner) - 1;
    return { by, parameters, partner: at };
  });
  const isEmpty = between.length === 0 && partners.length === 0;
  const stacked = (inputs: readonly Float32Array[]) => encodeNpy(joined(inputs), [inputs.length, ...shape]);
  const arrays = isEmpty ? undefined : writeNpz({ results: stacked(between), partners: stacked(partners) });
  return { chain, arrays };
}

/** The steps of a finding that was read. @throws UserError where the arrays do not fit the chain */
export function chainIn(
  folder: string,
  { chain, chainFile }: Finding,
  input: Float32Array,
): readonly ChainStep[] {
  const file = join(folder, chainFileName);
  const arrays = chainFile === null ? undefined : readArrays(readFileBytes(file), file);
  const row = (name: string, at: number): Float32Array => {
    const array = arrays?.get(name);
    const size = array === undefined ? 0 : rowLength(array.shape);
    const found = array?.dtype === 'float32' ? array.data.subarray(at * size, (at + 1) * size) : undefined;
    if (found?.length !== input.length) throw misfit(file, name, at);
    return found as Float32Array;
  };
  return chain.map(({ by, parameters, partner }, at) => ({
    by,
    parameters,
    partner: partner === null ? undefined : row('partners', partner),
    result: at === chain.length - 1 ? input : row('results', at),
  }));
}

const misfit = (where: string, name: string, at: number): UserError =>
  new UserError('INVALID_FINDING', {
    where,
    problem: `has no input ${at} in array "${name}"`,
    hint: 'find it again with "marauder fuzz"',
  });
