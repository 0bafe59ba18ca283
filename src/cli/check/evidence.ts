// Findings and corpora on disk, below the output folder.
import { join, relative, resolve } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import { type Finding, findingSchemaVersion } from '../../findings/finding.js';
import type { FoundBy, Witness } from '../../findings/verdict.js';
import type { Corpus } from '../../fuzz/corpus.js';
import type { Judgement } from '../../policy/judge.js';
import { writeFileAtomic } from '../files.js';
import { sha256 } from '../hash.js';
import { encodeNpy } from '../npy.js';
import { writeNpz } from '../npz.js';
import { instanceName } from './instances.js';
import { modelRef } from './models.js';
import type { Subject } from './subject.js';

export type Evidence = {
  /** Saves a confirmed violation and returns what the report says of it. */
  saveFinding(subject: Subject, found: Found, judgement: Judgement): Witness;
  saveCorpus(subject: Subject, corpus: Corpus): void;
};

export type Found = {
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  readonly foundBy: FoundBy;
  readonly executions: number;
};

/**
 * @param folder of all output, relative to `cwd` or absolute
 * @param seed of the run
 */
export function createEvidence(cwd: string, folder: string, seed: number): Evidence {
  return {
    saveFinding(subject, found, judgement) {
      const witness = describe(subject, found, judgement, folder);
      const target = resolve(cwd, witness.finding);
      const input = encodeNpy(found.input, [1, ...subject.set.shape]);
      const finding = toFinding(subject, found, witness, { seed, inputSha256: sha256(input) }, (file) =>
        relative(target, resolve(cwd, file)),
      );
      writeFileAtomic(join(target, 'input.npy'), input);
      // Last, so that a folder with a finding.json is complete.
      writeFileAtomic(join(target, 'finding.json'), `${JSON.stringify(finding, null, 2)}\n`);
      return witness;
    },
    saveCorpus(subject, corpus) {
      const rows = corpus.seeds.map((at) => subject.set.rowOf[at] ?? -1);
      const content = writeNpz({
        inputs: encodeNpy(corpus.inputs, [corpus.size, ...subject.set.shape]),
        rows: encodeNpy(rows, [corpus.size]),
      });
      writeFileAtomic(resolve(cwd, folder, 'corpus', `${subject.property.name}.npz`), content);
    },
  };
}

function describe(subject: Subject, found: Found, { margin, summary }: Judgement, folder: string): Witness {
  const { set, property } = subject;
  const row = set.rowOf[found.seed] ?? -1;
  const bytes = new Uint8Array(found.input.buffer, found.input.byteOffset, found.input.byteLength);
  const id = `${instanceName(subject, found.instance).replaceAll(' ', '-')}-${sha256(bytes).slice(0, 8)}`;
  return {
    finding: join(folder, 'findings', property.name, id),
    foundBy: found.foundBy,
    executions: found.executions,
    row: row < 0 ? null : row,
    linfDistance: row < 0 ? null : linfDistance(found, set.seeds.data, sizeOf(set.shape)),
    margin,
    summary,
  };
}

function linfDistance({ input, seed }: Found, seeds: Float32Array, size: number): number {
  return input.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (seeds[seed * size + at] ?? 0))),
    0,
  );
}

function toFinding(
  { property, models, targets, hasTarget }: Subject,
  { instance }: Found,
  { finding: _, ...witness }: Witness,
  run: Pick<Finding, 'seed' | 'inputSha256'>,
  fromFinding: (file: string) => string,
): Finding {
  return {
    schemaVersion: findingSchemaVersion,
    property: property.name,
    kind: property.kind,
    models: models.map((model) => modelRef({ ...model, file: fromFinding(model.file) })),
    input: 'input.npy',
    target: hasTarget ? (targets[instance] ?? 0) : null,
    linfEpsilon: property.linfEpsilon ?? null,
    ...witness,
    ...run,
  };
}
