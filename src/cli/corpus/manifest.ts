// `corpus.json`: what the inputs of a corpus are for, and what has been spent on them. Imports zod, as reading needs it.
import { z } from 'zod';
import { type Shape, sameShape } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { preprocess } from '../../findings/preprocess-schema.js';
import type { ModelRef } from '../../findings/report.js';
import { sha256 } from '../hash.js';

export const corpusSchemaVersion = 1;

/** What a run says of the corpus that it wants. */
export type CorpusMeta = {
  /** Models that its inputs are for; none where that is not known, as of a plain .npz. */
  readonly models: readonly ModelRef[];
  /** Of one input, without the batch. */
  readonly shape: Shape;
  /** Properties or objectives that were searched. */
  readonly objectives: readonly string[];
  /** Seed of the run. */
  readonly seed: number;
  /** Hash of the inputs that the positions in `seeds` speak of; null where they come from several sets. */
  readonly seedsSha256: string | null;
};

export type Manifest = CorpusMeta & {
  readonly schemaVersion: typeof corpusSchemaVersion;
  /** Mutators and stages that made its entries: `by` in the archive is a position in this list, which only grows. */
  readonly mutators: readonly string[];
  /** Of all runs so far. */
  readonly executions: number;
  readonly runs: number;
};

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

const manifest = z.strictObject({
  schemaVersion: z.literal(corpusSchemaVersion),
  models: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string(),
      sha256: hash,
      preprocess: preprocess.optional(),
      derived: z.literal('float16').optional(),
    }),
  ),
  shape: z.array(z.int().positive()),
  objectives: z.array(z.string()),
  seed: count,
  seedsSha256: hash.nullable(),
  mutators: z.array(z.string()),
  executions: count,
  runs: count,
}) satisfies z.ZodType<Manifest>;

/** With a hash over the rest, so that a damaged name or number is noticed and not believed. */
export function manifestText(content: Manifest): string {
  return `${JSON.stringify({ ...content, sha256: sha256(canonical(content)) }, null, 2)}\n`;
}

/** @param file where `text` was read, for the error */
export function parseManifest(text: string, file: string): Manifest {
  const value = parseJson(text, file);
  const { sha256: stated, ...rest } = z.looseObject({ sha256: z.string() }).safeParse(value).data ?? {};
  const parsed = manifest.safeParse(rest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.path.length ? `"${z.core.toDotPath(issue.path)}": ` : '';
    throw damagedCorpus(
      file,
      `not a corpus of schema version ${corpusSchemaVersion}: ${key}${issue?.message ?? 'invalid'}`,
    );
  }
  if (stated !== sha256(canonical(parsed.data))) throw damagedCorpus(file, 'does not fit its own hash');
  return parsed.data;
}

/** The keys in one order, whatever the order in a file. */
const canonical = (content: Manifest): string => JSON.stringify(manifest.parse(content));

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedCorpus(file, 'is not JSON', cause);
  }
}

export const damagedCorpus = (where: string, problem: string, cause?: unknown): UserError =>
  new UserError(
    'INVALID_CORPUS',
    { where, problem, hint: 'restore the folder from a copy, or delete it to begin anew' },
    { cause },
  );

/** @throws UserError INVALID_CORPUS where the corpus belongs to another model or to inputs of another shape */
export function requireSameSubject(stored: Manifest, wanted: CorpusMeta, folder: string): void {
  const difference = shapeDifference(stored, wanted) ?? modelDifference(stored, wanted);
  if (difference === undefined) return;
  throw new UserError('INVALID_CORPUS', {
    where: folder,
    problem: difference,
    hint: 'name another folder for the corpus of this model, or set this one aside with "marauder fuzz --fresh"',
  });
}

const shapeDifference = (stored: CorpusMeta, wanted: CorpusMeta): string | undefined =>
  sameShape(stored.shape, wanted.shape)
    ? undefined
    : `holds inputs of shape [${stored.shape.join(', ')}], but the model takes [${wanted.shape.join(', ')}]`;

/** Of the model under test, which comes first: what it was compared with changes with the objectives. */
function modelDifference(stored: CorpusMeta, wanted: CorpusMeta): string | undefined {
  const [before, now] = [stored.models[0], wanted.models[0]];
  if (before === undefined || now === undefined || sameModel(before, now)) return undefined;
  if (before.sha256 === now.sha256) return `is the corpus of ${before.file} with other preprocessing`;
  const words = (digest: string) => digest.slice(0, 12);
  return `is the corpus of another model: ${before.file} had sha256 ${words(before.sha256)}…, ${now.file} has ${words(now.sha256)}…`;
}

const sameModel = (a: ModelRef, b: ModelRef): boolean =>
  a.sha256 === b.sha256 && JSON.stringify(a.preprocess ?? {}) === JSON.stringify(b.preprocess ?? {});
