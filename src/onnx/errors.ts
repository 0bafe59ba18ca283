// What this folder says about bad files. A file that breaks the format is invalid; one that merely uses
// a part of ONNX that we do not read is unsupported: the user can do something different about each.
import { UserError } from '../base/user-error.js';

export const invalid = (where: string, problem: string, hint?: string, cause?: unknown): UserError =>
  new UserError('INVALID_MODEL', { where, problem, hint: hint ?? 'export the model again' }, { cause });

export const unsupported = (where: string, problem: string, hint: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', { where, problem, hint });
