// Reading a finding back. Imports zod: import this file only where a finding is read.
import { z } from 'zod';
import { UserError } from '../base/user-error.js';
import { type Finding, findingSchemaVersion } from './finding.js';
import { preprocess } from './preprocess-schema.js';

const finding = z.object({
  schemaVersion: z.literal(findingSchemaVersion),
  property: z.string(),
  kind: z.enum(['robustness', 'finite', 'agreement']),
  models: z
    .array(
      z.object({ name: z.string(), file: z.string(), sha256: z.string(), preprocess: preprocess.optional() }),
    )
    .min(1)
    .max(2),
  input: z.literal('input.npy'),
  inputSha256: z.string(),
  target: z.int().nonnegative().nullable(),
  row: z.int().nonnegative().nullable(),
  linfDistance: z.number().nullable(),
  linfEpsilon: z.number().nullable(),
  margin: z.number().nullable(),
  summary: z.string(),
  foundBy: z.enum(['seed', 'corner', 'random', 'gradient', 'fuzz']),
  executions: z.int().nonnegative(),
  seed: z.int().nonnegative(),
}) satisfies z.ZodType<Finding>;

/** @param file where `text` was read, for the error */
export function parseFinding(text: string, file: string): Finding {
  const parsed = finding.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.length ? `"${z.core.toDotPath(issue.path)}": ` : '';
  throw invalid(
    file,
    `not a finding of schema version ${findingSchemaVersion}: ${key}${issue?.message ?? 'invalid'}`,
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'is not JSON', { cause });
  }
}

const invalid = (where: string, problem: string, options?: ErrorOptions): UserError =>
  new UserError(
    'INVALID_FINDING',
    { where, problem, hint: 'give a folder that "marauder check" wrote below .marauder/findings' },
    options,
  );
