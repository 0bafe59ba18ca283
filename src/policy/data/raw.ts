// What a data format gives back, and how its errors look: shared by the formats.
import type { NumericDType } from '../../base/dtype.js';
import type { Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';

/** Numbers as they are stored, with the words that tell a user where: `digits.npz: array "x"`. */
export type Stored = { readonly values: Tensor<NumericDType>; readonly where: string };

/** Not yet scaled, and shapes not yet checked against each other. */
export type Raw = { readonly inputs: Stored; readonly labels: Stored | undefined };

/** 1 GiB: the most that is read from a file, inflated or decoded. Sizes that files claim are never believed beyond it. */
export const CEILING = 2 ** 30;

/** Deflate cannot shrink data by more than this factor: a file that claims more is wrong, or hostile. */
export const DEFLATE_RATIO = 1032;

export const invalid = (where: string, problem: string, hint?: string, cause?: unknown): UserError =>
  new UserError('INVALID_DATA', { where, problem, ...(hint === undefined ? {} : { hint }) }, { cause });
