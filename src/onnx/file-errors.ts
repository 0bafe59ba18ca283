// Failures of the file system, in the user's words.
import { messageOf, UserError } from '../base/user-error.js';

/** @param missing what to do where the file does not exist */
export function fileError(where: string, thrown: unknown, missing: string): UserError {
  if (thrown instanceof UserError) return thrown;
  const unreadable = (problem: string, hint: string) =>
    new UserError('FILE_UNREADABLE', { where, problem, hint }, { cause: thrown });
  switch (codeOf(thrown)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(
        'FILE_NOT_FOUND',
        { where, problem: 'no such file', hint: missing },
        { cause: thrown },
      );
    case 'EACCES':
    case 'EPERM':
      return unreadable('no permission to read the file', 'change its permissions, or run as its owner');
    case 'ERR_FS_FILE_TOO_LARGE':
      return unreadable('the file is larger than 2 GiB', 'use a smaller model');
    default:
      return unreadable(messageOf(thrown), 'check that the path names a readable file');
  }
}

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
