// What the operating system says about a file, in words, with what to do about it.
import { messageOf, UserError } from '../base/user-error.js';

const reasons: Readonly<Record<string, { readonly reason: string; readonly hint?: string }>> = {
  ENOENT: { reason: 'no such file', hint: 'paths on the command line are relative to the working directory' },
  ENOTDIR: { reason: 'a part of the path is not a folder', hint: 'choose another path' },
  EISDIR: { reason: 'is a folder, not a file', hint: 'name a file in it' },
  EACCES: { reason: 'permission denied', hint: 'check the owner and permissions, or choose another path' },
  EPERM: { reason: 'not permitted', hint: 'choose another path' },
  EROFS: { reason: 'the file system is read-only', hint: 'choose another path' },
  ENOSPC: { reason: 'no space left on the device', hint: 'free some space, or choose another path' },
  EDQUOT: { reason: 'the disk quota is used up', hint: 'free some space, or choose another path' },
  EMFILE: { reason: 'too many open files' },
  ELOOP: { reason: 'symbolic links go round in circles' },
  ENAMETOOLONG: { reason: 'the name is too long' },
};

export function unreadable(file: string, cause: unknown): UserError {
  const missing = ['ENOENT', 'ENOTDIR'].includes(codeOf(cause));
  const code = missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
  const { reason, ...rest } = describe(cause);
  return new UserError(code, { where: file, problem: reason, ...rest }, { cause });
}

export function unwritable(file: string, cause: unknown): UserError {
  const { reason, ...rest } = describe(cause);
  return new UserError(
    'FILE_UNWRITABLE',
    { where: file, problem: `cannot write: ${reason}`, ...rest },
    { cause },
  );
}

/** An error as the operating system would give it. */
export const errorOf = (code: 'EISDIR' | 'ENOTDIR' | 'EPERM'): Error =>
  Object.assign(new Error(code), { code });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const describe = (error: unknown) => reasons[codeOf(error)] ?? { reason: messageOf(error) };
