// What a finding on disk is about: equal inputs may be findings of two models, or of two objectives, which are two findings.
import { resolve } from 'node:path';
import type { Finding } from '../../findings/finding.js';
import type { ModelRef } from '../../findings/report.js';

export type About = {
  readonly models: readonly ModelRef[];
  /** What the files of the models are relative to. */
  readonly folder: string;
  readonly objective: string;
};

/** Models are told apart by their files, so that one that was trained again is still the same. */
export const isAbout = (finding: Finding, folder: string, about: About): boolean =>
  finding.objective === about.objective && haveSameModels({ ...finding, folder }, about);

export function haveSameModels(a: Omit<About, 'objective'>, b: Omit<About, 'objective'>): boolean {
  const named = ({ models, folder }: typeof a) =>
    models.map(({ file, derived, preprocess }) => [
      resolve(folder, file),
      derived ?? null,
      preprocess ?? null,
    ]);
  return JSON.stringify(named(a)) === JSON.stringify(named(b));
}
