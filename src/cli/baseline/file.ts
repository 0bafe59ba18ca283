// The baseline's file: where it lies, and names of models in it. They are relative to it, so that it can be committed.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { BaselineEntry } from '../../findings/baseline.js';
import { parseBaseline } from '../../findings/baseline-schema.js';
import type { ModelRef } from '../../findings/report.js';
import { readTextFile } from '../files.js';
import { baselineName } from './name.js';

export const besidePolicy = (policyFile: string): string => join(dirname(policyFile), baselineName);

export type BaselineFile = {
  /** Absolute. */
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
};

/**
 * @param named as typed; undefined: the one beside the policy, if there is one
 * @throws UserError FILE_NOT_FOUND where a named one is missing, INVALID_BASELINE
 */
export function openBaseline(
  named: string | undefined,
  policyFile: string,
  cwd: string,
): BaselineFile | undefined {
  const file = named === undefined ? besidePolicy(policyFile) : resolve(cwd, named);
  if (named === undefined && !existsSync(file)) return undefined;
  return { file, entries: parseBaseline(readTextFile(file), file).accepted };
}

/**
 * Files of models by their names, as entries of a baseline have them.
 * @param models as a report has them, relative to `cwd`
 */
export function namesIn(
  baselineFile: string,
  models: readonly Pick<ModelRef, 'name' | 'file'>[],
  cwd: string,
): (names: readonly string[]) => string[] {
  const files = new Map(
    models.map(({ name, file }) => {
      const path = relative(dirname(baselineFile), resolve(cwd, file));
      return [name, path.split(sep).join('/')];
    }),
  );
  return (names) => names.map((name) => files.get(name) ?? name);
}
