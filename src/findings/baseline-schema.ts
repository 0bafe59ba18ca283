// Reading a baseline. Imports zod: import this file only where a baseline is read or its schema written.
import { z } from 'zod';
import { UserError } from '../base/user-error.js';
import { type Baseline, baselineSchemaVersion } from './baseline.js';

const entry = z.strictObject({
  property: z.string().describe('name of the property'),
  instance: z.string().describe('"row 17" or "input range", as reports name it'),
  models: z.array(z.string()).describe("files of the property's models, relative to the folder of this file"),
  reason: z.string().optional().describe('why this violation is accepted'),
});

const baseline = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not read.'),
    schemaVersion: z.literal(baselineSchemaVersion),
    accepted: z.array(entry),
  })
  .describe(
    'Violations that "marauder check" meets without failing, as "marauder baseline" writes them.',
  ) satisfies z.ZodType<Baseline>;

export const baselineJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(baseline),
  $id: `urn:marauder:baseline:${baselineSchemaVersion}`,
  title: 'Marauder baseline',
});

/** @param file where `text` was read, for the error */
export function parseBaseline(text: string, file: string): Baseline {
  const parsed = baseline.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.length ? `${z.core.toDotPath(issue.path)}: ` : '';
  throw invalid(
    file,
    `not a baseline of schema version ${baselineSchemaVersion}: ${key}${issue?.message ?? 'invalid'}`,
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
    'INVALID_BASELINE',
    { where, problem, hint: 'correct it, or write it anew with "marauder baseline"' },
    options,
  );
