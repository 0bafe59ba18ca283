// The report's schema: what other tools may rely on, and how a report is read back.
// Imports zod, which takes a while to load: import this file only where a report is parsed or its schema written.
import { z } from 'zod';
import { UserError } from '../base/user-error.js';
import { mostOutputs } from './evidence-shown.js';
import { propertyKinds } from './kinds.js';
import { preprocess } from './preprocess-schema.js';
import { type PropertyReport, type RunReport, reportSchemaVersion } from './report.js';
import { mostNodes, mostSplits } from './search-tree.js';
import type { Verdict, Witness } from './verdict.js';

const count = z.int().nonnegative();
const fraction = z.number().min(0).max(1);
const milliseconds = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const witness = z
  .strictObject({
    finding: z
      .string()
      .nullable()
      .describe(
        'folder of the finding: what `marauder replay` takes; null where a counted property keeps those of worse rows only',
      ),
    foundBy: z.enum(['seed', 'corner', 'random', 'gradient', 'fuzz', 'branching']),
    executions: count.describe('executions of the model spent on this instance when it was found'),
    row: count.nullable().describe('row of the data set that it started from'),
    linfDistance: z.number().nonnegative().nullable().describe('distance to that row'),
    margin: z.number().nullable().describe("the property's margin at the witness, not positive"),
    summary: z.string().describe('one line: what is wrong at this input'),
  })
  .describe('a violating input, replayed on ONNX Runtime at batch size 1') satisfies z.ZodType<Witness>;

const verdict = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('proved'),
    method: z.enum(['ibp', 'crown', 'alpha-crown', 'branch-and-bound', 'execution']),
    arithmetic: z.enum(['deployed', 'real']),
    margin: z.number().nullable().describe("greatest lower bound found on the property's margin"),
    checked: z.boolean().describe('whether the independent checker accepted the certificate'),
    unchecked: z.string().optional().describe('why it is not checked'),
    certificates: z.array(z.string()).optional().describe('files that `marauder verify-proof` takes'),
  }),
  z.strictObject({ kind: z.literal('violated'), witness }),
  z.strictObject({
    kind: z.literal('tested'),
    executions: count.describe('executions of the model spent on this instance'),
    smallestMargin: z.number().nullable(),
  }),
  z.strictObject({
    kind: z.literal('unknown'),
    reason: z.enum(['timeout', 'interrupted', 'unsupported-operator', 'loose-bounds', 'no-executions']),
    detail: z.string(),
  }),
]) satisfies z.ZodType<Verdict>;

const fileRef = z.strictObject({ name: z.string(), file: z.string(), sha256 });
const modelRef = fileRef.extend({
  preprocess: preprocess.optional(),
  derived: z.literal('float16').optional().describe('what the model was cast to after it was read'),
});

const fuzzing = z.strictObject({
  executions: count,
  corpusSize: count,
  coverage: z.array(
    z.strictObject({
      criterion: z.string(),
      kept: count.describe('inputs kept because this criterion saw something new'),
      covered: fraction.nullable().describe('share of what can be covered'),
    }),
  ),
  series: z
    .array(
      z.strictObject({
        executions: count,
        corpusSize: count,
        coverage: z
          .array(z.number().nonnegative())
          .describe('per criterion, in the order of `coverage`: `covered`, or `kept` where that is null'),
      }),
    )
    .optional()
    .describe('how it grew, after some of its rounds'),
});

const place = z.strictObject({ file: z.string(), line: z.int().positive(), column: z.int().positive() });

const outputBounds = z
  .strictObject({
    model: z.string(),
    method: z.enum(['ibp', 'crown']),
    size: count.describe("elements of the model's first output"),
    outputs: z
      .array(
        z.strictObject({
          index: count.describe('in row-major order'),
          lower: z.number().nullable().describe('null where nothing is known'),
          upper: z.number().nullable(),
          atRow: z
            .number()
            .nullable()
            .describe('what the model gives at the row itself; null where there is no row'),
        }),
      )
      .max(mostOutputs)
      .describe('of more, those that may be the greatest'),
  })
  .describe("how far the outputs of one model can move, over all inputs of the instance's box");

const searchTree = z
  .strictObject({
    trees: count.describe('ways to violate the property that had to be split, each in a tree of its own'),
    leaves: count.describe('parts, over all trees, for each of which a bound was enough'),
    depth: count.describe('most splits from a root to a leaf'),
    splits: z
      .array(z.strictObject({ split: z.string(), count }))
      .max(mostSplits)
      .describe('what was split most often, the most first'),
    otherSplits: count.describe('splits that are not in that list'),
    nodes: z
      .array(
        z.strictObject({
          leaves: count.describe('below it; 1 where it is a leaf itself'),
          split: z
            .string()
            .optional()
            .describe('x[3]: an element of the flat input; name[7]: what a neuron reads'),
          at: z.number().optional().describe('where an input is split; a neuron always at zero'),
          parts: count
            .optional()
            .describe('place here of its first part (below `at`, or above zero), which its second follows'),
        }),
      )
      .max(mostNodes)
      .describe('the top of the largest tree'),
  })
  .describe('how a hard proof was split');

const instance = z.strictObject({
  instance: z.string(),
  verdict,
  subproblems: count
    .optional()
    .describe('parts that branch and bound split it into; missing where it was not split'),
  outputBounds: z
    .array(outputBounds)
    .optional()
    .describe('of each model; only of the instances that are closest to being violated'),
  searchTree: searchTree.optional().describe('only of the hardest instances'),
  accepted: z
    .strictObject({ reason: z.string().nullable() })
    .optional()
    .describe('a violation that the baseline accepts: it does not count'),
  required: z.literal(true).optional().describe('has to pass by itself, and does not count for the share'),
  provedShare: z
    .strictObject({
      rows: count,
      before: count.describe('rows of the old model that bounds prove robust'),
      now: count.describe('rows of the new model that bounds prove robust'),
      drop: fraction.describe('share of the rows by which that may fall'),
      linfEpsilon: z.number().nonnegative(),
    })
    .optional()
    .describe('what the instance of a regression compares that has a `provedDrop`'),
  discounted: z
    .literal(true)
    .optional()
    .describe('a proof that nobody checked, where the policy counts only checked ones'),
});

const coverageFloor = z.strictObject({
  criterion: z.string(),
  required: fraction.describe('least share of what can be covered'),
  reached: fraction.nullable().describe('null where fuzzing did not run'),
});

const baseline = z.strictObject({
  file: z.string(),
  accepted: count.describe('violations of this run that it accepts'),
  stale: z
    .array(
      z.strictObject({
        property: z.string(),
        instance: z.string(),
        why: z.enum(['no-property', 'no-instance', 'other-models', 'not-violated']),
      }),
    )
    .describe('entries that accept nothing any more'),
  strict: z.boolean().describe('whether stale entries fail the gate'),
});

const property = z.strictObject({
  name: z.string(),
  at: place.describe('where the policy has it; line and column are counted from 1'),
  kind: z.enum(propertyKinds),
  claim: z.string().describe('what is claimed, in words'),
  models: z.array(z.string()),
  expect: z.enum(['proved', 'tested']),
  severity: z.enum(['error', 'warning']).describe('a failed property fails the gate, or is only reported'),
  unknownPasses: z.boolean().describe('whether instances pass that could not be decided'),
  status: z.enum(['passed', 'failed']),
  share: z.strictObject({ reached: fraction, required: fraction }),
  verdicts: z.strictObject({ proved: count, violated: count, tested: count, unknown: count }),
  instances: z.array(instance),
  findings: z
    .int()
    .positive()
    .optional()
    .describe('most rows whose findings are kept, the worst; missing where every violation has one'),
  executions: count.describe('executions of the model on this property: attack and fuzzing'),
  subproblems: count.describe('sub-problems that branch and bound took for this property'),
  fuzzing: fuzzing.nullable(),
  coverageFloors: z.array(coverageFloor).describe('what the policy demands of coverage'),
  cached: z
    .strictObject({
      proofs: count.describe('checked again instead of searched again'),
      findings: count.describe('run again instead of searched again'),
      executions: count.describe("of the property's executions, those of the earlier run"),
    })
    .optional()
    .describe('what was taken over from an earlier run'),
  notes: z.array(z.string()),
  timing: z.strictObject({
    proveMs: milliseconds,
    attackMs: milliseconds,
    fuzzMs: milliseconds,
    checkMs: milliseconds.optional(),
    totalMs: milliseconds,
  }),
});

export const runReport = z
  .strictObject({
    schemaVersion: z.literal(reportSchemaVersion),
    tool: z.strictObject({ name: z.literal('marauder'), version: z.string(), onnxruntime: z.string() }),
    arithmetic: z.enum(['deployed', 'real']).describe('which network a proof is about'),
    policy: z.strictObject({ file: z.string(), sha256 }),
    seed: count,
    models: z.array(modelRef),
    data: z.array(fileRef),
    gate: z.enum(['passed', 'failed']),
    interrupted: z
      .boolean()
      .describe('true where Ctrl-C ended the run: the report is partial, the gate fails'),
    shard: z
      .strictObject({ index: z.int().positive(), count: z.int().positive() })
      .optional()
      .describe(
        'where this is a part of a run: which one, counted from 1, of how many; its gate never passes',
      ),
    properties: z.array(property),
    baseline: baseline
      .nullable()
      .describe('violations that were accepted before; null where there is no baseline'),
    timing: z.strictObject({
      startedAt: z.iso.datetime(),
      totalMs: milliseconds,
      workers: z.int().positive(),
    }),
  })
  .meta({
    title: 'Marauder report',
    description: 'What one run of `marauder check` found.',
  }) satisfies z.ZodType<RunReport>;

/** The schema as JSON Schema (2020-12), as committed in `specs/report.schema.json`. */
export const reportJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(runReport),
  $id: `urn:marauder:report:${reportSchemaVersion}`,
});

const stored = z.strictObject({ key: sha256, report: property });

/** What one property came to in an earlier run; undefined where the text is none of this version. */
export function parseStored(text: string): { key: string; report: PropertyReport } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return stored.safeParse(value).data;
}

/** @param file where `value` was read, for the error */
export function parseReport(value: unknown, file: string): RunReport {
  const parsed = runReport.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError('INVALID_FINDING', {
    where: issue?.path.length ? `${file}: ${z.core.toDotPath(issue.path)}` : file,
    problem: `not a Marauder report of schema version ${reportSchemaVersion}: ${issue?.message ?? 'invalid'}`,
    hint: 'write it again with "marauder check"; reports of other versions of Marauder may differ',
  });
}
