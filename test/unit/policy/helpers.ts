// Errors as values, files in a folder of their own, and references to them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { UserError } from '../../../src/base/user-error.js';
import type { DataRef } from '../../../src/policy/policy.js';

/** Code, place, problem and hint of what `run` throws; anything but a UserError is thrown on. */
export async function failureOf(run: () => unknown) {
  try {
    await run();
  } catch (error) {
    if (error instanceof UserError) return { code: error.code, hint: undefined, ...error.details };
    throw error;
  }
  throw new Error('no error was thrown');
}

/** A folder with these files, removed after the test. */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export const refTo = (file: string, more: Partial<DataRef> = {}): DataRef => ({
  name: 'test',
  file,
  at: { file: 'p.yaml', line: 3, column: 7 },
  inputs: undefined,
  labels: undefined,
  scale: 1,
  ...more,
});
