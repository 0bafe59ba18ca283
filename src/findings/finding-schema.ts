// Reading a finding back, also one of an earlier version. Imports zod: import this file only where a finding is read.
import { z } from 'zod';
import { UserError } from '../base/user-error.js';
import { type Finding, findingSchemaVersion } from './finding.js';
import { propertyKinds } from './kinds.js';
import { preprocess } from './preprocess-schema.js';
import type { Difference, Statement } from './statement.js';

const count = z.int().nonnegative();
const size = z.number().nonnegative();
const layout = z.object({
  channels: count,
  height: count,
  width: count,
  order: z.enum(['CHW', 'HWC', 'HW']),
});
const range = z.tuple([z.number(), z.number()]);

const perturbation = z.object({
  transform: z.object({
    rotation: range.optional(),
    scaling: range.optional(),
    translation: z.tuple([range, range]).optional(),
    border: z.number(),
    blur: range.optional(),
    contrast: range.optional(),
    brightness: range.optional(),
    occlusion: z.object({ size: z.tuple([count, count]), value: z.number() }).optional(),
  }),
  image: layout,
  limits: z.array(range).min(1),
  parameters: z.record(z.string(), z.number()),
  source: z.literal('source.npy').nullable(),
});

/** What has not changed since version 1. */
const common = {
  property: z.string(),
  kind: z.enum([...propertyKinds, 'expression', 'backend']),
  models: z
    .array(
      z.object({
        name: z.string(),
        file: z.string(),
        sha256: z.string(),
        preprocess: preprocess.optional(),
        derived: z.literal('float16').optional(),
      }),
    )
    .min(1)
    .max(2),
  input: z.literal('input.npy'),
  inputSha256: z.string(),
  target: count.nullable(),
  row: count.nullable(),
  linfEpsilon: z.number().nullable(),
  margin: z.number().nullable(),
  summary: z.string(),
  foundBy: z.enum(['seed', 'corner', 'random', 'gradient', 'fuzz', 'branching']),
  executions: count,
  seed: count,
};

const difference = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('free'), element: count }),
  z.object({ kind: z.literal('greater'), element: count }),
  z.object({
    kind: z.literal('choice'),
    elements: z.array(count).min(1),
    values: z.array(z.array(z.number())).min(1),
  }),
]) satisfies z.ZodType<Difference>;

const statement = z.object({
  tolerance: size.optional(),
  slack: size.optional(),
  output: count.optional(),
  direction: z.enum(['increasing', 'decreasing']).optional(),
  constant: size.optional(),
  topK: z.int().positive().optional(),
  differences: z.array(difference).optional(),
}) satisfies z.ZodType<Statement>;

const current = z.object({
  schemaVersion: z.literal(findingSchemaVersion),
  ...common,
  objective: z.string(),
  cluster: z.int().nullable(),
  expression: z.string().nullable(),
  propertyFile: z.object({ file: z.string(), sha256: z.string() }).nullable().default(null),
  seedInput: z.literal('seed.npy').nullable(),
  seedSha256: z.string().nullable(),
  other: z.literal('other.npy').nullable().default(null),
  otherSha256: z.string().nullable().default(null),
  statement: statement.nullable().default(null),
  distances: z.object({ linf: size, l2: size, l1: size, l0: count }).nullable(),
  chain: z.array(
    z.object({ by: z.string(), parameters: z.array(z.number()), partner: count.nullable().default(null) }),
  ),
  chainFile: z.literal('chain.npz').nullable().default(null),
  outputsFile: z.literal('outputs.npz').nullable().default(null),
  integer: z.array(count),
  images: z
    .object({
      layout,
      range,
      scale: z.int().positive(),
      amplification: z.int().positive(),
    })
    .nullable(),
  minimizedFrom: z.string().nullable(),
  l2Epsilon: size.optional(),
  l1Epsilon: size.optional(),
  topK: z.int().positive().optional(),
  targets: z.array(count).min(1).optional(),
  perturbation: perturbation.optional(),
}) satisfies z.ZodType<Finding>;

/** Had no seed beside the input, and of the distances only linf. */
const first = z.object({ schemaVersion: z.literal(1), ...common }).transform(
  (old): Finding => ({
    ...old,
    schemaVersion: findingSchemaVersion,
    objective: old.kind,
    cluster: null,
    expression: null,
    propertyFile: null,
    seedInput: null,
    seedSha256: null,
    other: null,
    otherSha256: null,
    statement: null,
    distances: null,
    chain: [],
    chainFile: null,
    outputsFile: null,
    integer: [],
    images: null,
    minimizedFrom: null,
  }),
);

const finding = z.discriminatedUnion('schemaVersion', [current, first]);

/** @param file where `text` was read, for the error */
export function parseFinding(text: string, file: string): Finding {
  const parsed = finding.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.length ? `"${z.core.toDotPath(issue.path)}": ` : '';
  throw invalid(
    file,
    `not a finding of schema version ${findingSchemaVersion} or 1: ${key}${issue?.message ?? 'invalid'}`,
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
    {
      where,
      problem,
      hint: 'give a folder that "marauder check" or "marauder fuzz" wrote below .marauder/findings',
    },
    options,
  );
