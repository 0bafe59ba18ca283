// What a property came to in an earlier run, below the output folder, under the hash of all that decides it.
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { certificateVersion } from '../../findings/certificate/certificate.js';
import { type PropertyReport, reportSchemaVersion } from '../../findings/report.js';
import { runtimeVersion } from '../../program/ort.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';
import { version } from '../version.js';
import type { Subject } from './subject.js';

export type ResultStore = {
  /** undefined where there is none with the key. */
  read(property: string, key: string): Promise<PropertyReport | undefined>;
  write(property: string, key: string, report: PropertyReport): void;
};

/** @param folder of all output, relative to `cwd` or absolute */
export function createResultStore(cwd: string, folder: string): ResultStore {
  const fileOf = (property: string) => resolve(cwd, folder, 'cache', `${property}.json`);
  const corpusOf = (property: string) => resolve(cwd, folder, 'corpus', `${property}.npz`);
  return {
    read: async (property, key) => {
      const file = fileOf(property);
      if (!existsSync(file)) return undefined;
      const text = readFileSync(file, 'utf8');
      // Loaded only where there is something to parse.
      const { parseStored } = await import('../../findings/schema.js');
      const stored = parseStored(text);
      if (stored?.key !== key) return undefined;
      // What was fuzzed has left its corpus, which a run without fuzzing would not write.
      return stored.report.fuzzing === null || existsSync(corpusOf(property)) ? stored.report : undefined;
    },
    write: (property, key, report) =>
      writeFileAtomic(fileOf(property), JSON.stringify({ key, report }), false),
  };
}

/** Kinds that are all in their boxes, classes, models and keys: what else a kind reads would have to be part of the key. */
const keyedKinds: readonly string[] = ['robustness', 'finite', 'agreement', 'range', 'assert', 'vnnlib'];

/** undefined for kinds whose results are not kept. */
export function keyOf(subject: Subject, seed: number, certifies: boolean): string | undefined {
  const { property, models, claim, set, targets, names, expression, propertyFile } = subject;
  if (!keyedKinds.includes(property.kind)) return undefined;
  const { at: _, ...keys } = property;
  const bytes = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array) =>
    sha256(new Uint8Array(buffer, byteOffset, byteLength));
  return sha256(
    JSON.stringify({
      tool: [version, runtimeVersion(), certificateVersion, reportSchemaVersion],
      machine: [process.platform, process.arch, cpus()[0]?.model],
      seed,
      certifies,
      keys,
      models: models.map(({ name, sha256: hash, preprocess, derived }) => ({
        name,
        hash,
        preprocess,
        derived,
      })),
      claim,
      names,
      propertyFile,
      // What is asked of each instance's row.
      expressions:
        typeof expression === 'function'
          ? Array.from(targets, (_, instance) => expression(instance))
          : expression,
      shape: set.shape,
      boxes: [set.lower.data, set.upper.data, set.seeds.data].map(bytes),
      rows: [set.instanceOf, set.rowOf, targets].map(bytes),
    }),
  );
}
