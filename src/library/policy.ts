// Policies for callers: read from a file, or from text that never was in one.
import { resolve } from 'node:path';
import { findPolicy, readTextFile } from '../cli/files.js';
import { sha256 } from '../cli/hash.js';
import { shownFrom } from '../cli/shown.js';
import { parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';

export type LoadedPolicy = {
  readonly policy: Policy;
  /** As reports name it. */
  readonly file: string;
  /** Of the text. */
  readonly sha256: string;
};

/**
 * Reads a policy and checks all that can be checked without opening models and data.
 * @param file default: marauder.policy.yaml, here or in a folder above
 * @param text YAML or JSON, instead of the file's content; paths in it start from the folder of `file`
 * @throws UserError INVALID_POLICY that lists every problem with its line and column; FILE_NOT_FOUND; FILE_UNREADABLE
 */
export function loadPolicy(file?: string, text?: string): LoadedPolicy {
  const cwd = process.cwd();
  const path = file === undefined ? findPolicy(cwd) : resolve(cwd, file);
  const content = text ?? readTextFile(path);
  const shown = shownFrom(cwd)(path);
  return { policy: parsePolicy(content, shown), file: shown, sha256: sha256(content) };
}
