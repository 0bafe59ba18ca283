// Certificates of proofs on disk: one for each instance and model, below the output folder.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Certificate, Malformed } from '../../findings/certificate/certificate.js';
import { decodeCertificate } from '../../findings/certificate/file.js';
import { writeFileAtomic } from '../files.js';
import { instanceName } from './instances.js';
import type { Claim, Subject } from './subject.js';

export type ProofStore = {
  /** Whether proofs of earlier runs are looked at. */
  readonly isRead: boolean;
  /** @returns the file, relative to the working directory */
  write(subject: Subject, claim: Claim, instance: number, bytes: Uint8Array): string;
  /** Relative to the working directory. */
  fileOf(subject: Subject, claim: Claim, instance: number): string;
  /** Of an earlier run, of whatever model and property; undefined where there is none that can be read. */
  read(subject: Subject, claim: Claim, instance: number): Certificate | undefined;
};

/** @param folder of all output, relative to `cwd` or absolute */
export function createProofStore(cwd: string, folder: string, isRead: boolean): ProofStore {
  return {
    isRead,
    fileOf: (...about) => fileOf(folder, ...about),
    write: (subject, claim, instance, bytes) => {
      const file = fileOf(folder, subject, claim, instance);
      // After a loss of power they can be made again.
      writeFileAtomic(resolve(cwd, file), bytes, false);
      return file;
    },
    read: (subject, claim, instance) => {
      const file = resolve(cwd, fileOf(folder, subject, claim, instance));
      if (!isRead || !existsSync(file)) return undefined;
      try {
        return decodeCertificate(readFileSync(file));
      } catch (error) {
        if (error instanceof Malformed) return undefined;
        throw error;
      }
    },
  };
}

/** Names of policies need no quoting; those of instances are words. */
function fileOf(folder: string, subject: Subject, { model }: Claim, instance: number): string {
  const name = instanceName(subject, instance).replaceAll(' ', '-');
  const of = subject.claims?.length === 1 ? '' : `-${model.name}`;
  return join(folder, 'proofs', subject.property.name, `${name}${of}.json.gz`);
}
