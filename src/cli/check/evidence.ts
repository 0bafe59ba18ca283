// Findings and corpora on disk, below the output folder.
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { distances } from '../../findings/distances.js';
import type { FoundBy, SavedWitness } from '../../findings/verdict.js';
import type { ChainStep } from '../../fuzz/chain.js';
import type { Corpus } from '../../fuzz/corpus.js';
import { domainOf } from '../../fuzz/domain.js';
import { nonFinite } from '../../fuzz/target.js';
import type { InputSet } from '../../policy/input-set.js';
import type { Judgement } from '../../policy/judge.js';
import type { ModelOutputs } from '../../report/material.js';
import { writeFileAtomic } from '../files.js';
import { type About, isAbout } from '../findings/about.js';
import { storedChain } from '../findings/chain.js';
import { storedOutputs } from '../findings/outputs.js';
import { findingIn } from '../findings/read.js';
import { type FindingParts, type InputKind, inputKind, writeFinding } from '../findings/write.js';
import { sha256 } from '../hash.js';
import { encodeNpy } from '../npy.js';
import { writeNpz } from '../npz.js';
import { instanceName } from './instances.js';
import { modelRef } from './models.js';
import { type Shown, shownOf } from './shown-inputs.js';
import type { Exhibited, Subject } from './subject.js';

/** What a finding says of its property. */
export type Witnessed = Pick<
  Subject,
  | 'property'
  | 'models'
  | 'judgedAs'
  | 'expression'
  | 'statement'
  | 'asked'
  | 'exhibit'
  | 'propertyFile'
  | 'pair'
  | 'set'
  | 'names'
  | 'linfEpsilon'
  | 'targets'
  | 'hasTarget'
>;

export type Evidence = {
  /** Saves a confirmed violation and returns what the report says of it. */
  saveFinding(subject: Witnessed, found: Found, judgement: Judgement): SavedWitness;
  saveCorpus(subject: Subject, corpus: Corpus): void;
};

export type Found = {
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  readonly foundBy: FoundBy;
  readonly executions: number;
  /** The property itself, unless it is said. */
  readonly objective?: string;
  readonly cluster?: number;
  /** How the fuzzer came to it: `chainOf`. */
  readonly chain?: readonly ChainStep[];
  /** What the models answer, where that was asked. */
  readonly outputs?: readonly (ModelOutputs | undefined)[];
};

/**
 * @param folder of all output, relative to `cwd` or absolute
 * @param seed of the run
 */
export function createEvidence(cwd: string, folder: string, seed: number): Evidence {
  const kinds = new Map<InputSet, InputKind>();
  const kindOf = (set: InputSet): InputKind => {
    const kind = kinds.get(set) ?? inputKind(domainOf(set));
    kinds.set(set, kind);
    return kind;
  };
  return {
    saveFinding(subject, found, judgement) {
      const shown = shownOf(subject, found);
      const described = describe(subject, found, shown, judgement, folder);
      const { property, models } = subject;
      const about = { models, folder: cwd, objective: found.objective ?? property.kind };
      const witness = { ...described, finding: placeFor(described.finding, about) };
      const target = resolve(cwd, witness.finding);
      const { set, input, other, source } = shown;
      const { exhibit } = subject;
      // Steps between vectors of two inputs are none of either, and those between parameters are no inputs of the model.
      const steps = other === undefined && exhibit === undefined ? stepsOf(found) : [];
      const { chain, arrays } = storedChain(steps, set.shape);
      const parts = partsOf(subject, found, shown, witness, seed, (file) =>
        relative(target, resolve(cwd, file)),
      );
      const archives = { chain: arrays, outputs: storedOutputs(found.outputs ?? []) };
      const kind = exhibit === undefined ? kindOf(set) : inputKind(exhibit.domain);
      writeFinding(target, { ...parts, chain }, input, shown.seed, kind, archives, other, source);
      return witness;
    },
    saveCorpus(subject, corpus) {
      // No other command could read vectors of two inputs.
      if (subject.pair !== undefined) return;
      const rows = corpus.seeds.map((at) => subject.set.rowOf[at] ?? -1);
      const content = writeNpz({
        inputs: encodeNpy(corpus.inputs, [corpus.size, ...subject.set.shape]),
        rows: encodeNpy(rows, [corpus.size]),
      });
      writeFileAtomic(resolve(cwd, folder, 'corpus', `${subject.property.name}.npz`), content);
    },
  };
}

function describe(
  subject: Witnessed,
  found: Found,
  { set, input, seed }: Shown,
  { margin, summary }: Judgement,
  folder: string,
): SavedWitness {
  const { property, pair, exhibit } = subject;
  const row = set.rowOf[found.seed] ?? -1;
  // Two inputs together, where there are two.
  const named = pair === undefined ? input : found.input;
  const bytes = new Uint8Array(named.buffer, named.byteOffset, named.byteLength);
  const id = `${instanceName(subject, found.instance).replaceAll(' ', '-')}-${sha256(bytes).slice(0, 8)}`;
  return {
    finding: join(folder, 'findings', property.name, id),
    foundBy: exhibit === undefined || isEqual(input, seed) ? found.foundBy : notTheSeed(found.foundBy),
    executions: found.executions,
    row: row < 0 ? null : row,
    linfDistance: row < 0 ? null : distances(input, seed).linf,
    margin,
    summary,
  };
}

const isEqual = (a: Float32Array, b: Float32Array): boolean => a.every((value, at) => value === b[at]);

/** The search for transformed images starts at places that are no rows as they are. */
const notTheSeed = (foundBy: FoundBy): FoundBy => (foundBy === 'seed' ? 'corner' : foundBy);

/** Numbered where a finding of other models or another objective has the place: it may be of the same input. */
function placeFor(finding: string, about: About): string {
  for (let number = 1; ; number++) {
    const place = number === 1 ? finding : `${finding}-${number}`;
    const folder = resolve(about.folder, place);
    if (!existsSync(join(folder, 'finding.json'))) return place;
    // What cannot be read may be of a later version: it is left alone.
    const there = findingIn(folder);
    if (there !== undefined && isAbout(there, folder, about)) return place;
  }
}

/** What is found without a corpus was made of its seed in one step. */
const stepsOf = ({ chain, foundBy, input }: Found): readonly ChainStep[] =>
  chain ?? (foundBy === 'seed' ? [] : [{ by: foundBy, parameters: [], partner: undefined, result: input }]);

function partsOf(
  {
    property,
    linfEpsilon,
    models,
    targets,
    hasTarget,
    judgedAs = property.kind,
    expression,
    statement,
    propertyFile,
  }: Witnessed,
  found: Found,
  { asked }: Exhibited,
  { finding: _, linfDistance: __, ...witness }: SavedWitness,
  seed: number,
  fromFinding: (file: string) => string,
): Omit<FindingParts, 'chain'> {
  const { objective = property.kind, cluster = null } = found;
  // Watched for whatever the property is: judged again as what it is.
  const kind = objective === nonFinite ? 'finite' : judgedAs;
  return {
    property: property.name,
    kind,
    objective,
    cluster,
    models: models.map((model) => modelRef({ ...model, file: fromFinding(model.file) })),
    target: hasTarget && kind === judgedAs ? (targets[found.instance] ?? 0) : null,
    linfEpsilon,
    ...(kind === judgedAs && asked),
    statement: kind === judgedAs ? (statement ?? null) : null,
    expression: kind === 'expression' ? (textOf(expression, found.instance) ?? null) : null,
    propertyFile:
      kind === 'vnnlib' && propertyFile !== undefined
        ? { ...propertyFile, file: fromFinding(propertyFile.file) }
        : null,
    minimizedFrom: null,
    seed,
    ...witness,
  };
}

const textOf = (expression: Subject['expression'], instance: number): string | undefined =>
  typeof expression === 'function' ? expression(instance) : expression;
