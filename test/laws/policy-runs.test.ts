// However a policy is changed, checking it ends with a report or with one error that has a place: never with a stack trace.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { UserError } from '../../src/base/user-error.js';
import type { RunReport } from '../../src/findings/report.js';
import { type LoadedPolicy, loadPolicy, parseReport } from '../../src/index.js';
import { encodeModel } from '../../src/program/emit.js';
import { effort, SEED } from '../helpers/laws.js';
import { modelOf } from '../helpers/models.js';
import { runInline } from '../helpers/running.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-mutants-'));
const weights = (turn: number) => float32([1, -1, 0.5, -0.5, 1, turn, -1, 0.25, 1], [3, 3]);
for (const [name, turn] of [
  ['a.onnx', 0.5],
  ['b.onnx', 0.4],
] as const) {
  const nodes = [
    ['MatMul', ['x', 'w'], 'h'],
    ['Relu', ['h'], 'y'],
  ] as const;
  writeFileSync(join(folder, name), encodeModel(modelOf(['n', 3], nodes, { w: weights(turn) })));
}
const image = modelOf(
  ['n', 1, 2, 2],
  [
    ['Flatten', ['x'], 'f'],
    ['MatMul', ['f', 'w'], 'y'],
  ],
  { w: float32([1, -1, 0, 0.5, 0.5, -1, -1, 0, 1, 0.25, 1, -0.5], [4, 3]) },
);
writeFileSync(join(folder, 'c.onnx'), encodeModel(image));
writeFileSync(join(folder, 'pixels.csv'), 's,t,u,v,label\n0.1,0.9,0.2,0.4,1\n0.8,0.3,0.1,0.5,0\n');
writeFileSync(join(folder, 'rows.csv'), 'p,q,r,label\n0.1,0.9,0.2,1\n0.8,0.3,0.1,0\n0.2,0.2,0.9,2\n');

writeFileSync(
  join(folder, 'p.vnnlib'),
  `${[0, 1, 2].map((at) => `(declare-const X_${at} Real)(declare-const Y_${at} Real)`).join('\n')}
(assert (and ${[0, 1, 2].map((at) => `(>= X_${at} 0.25) (<= X_${at} 0.75)`).join(' ')} (>= Y_0 Y_1)))
`,
);

const head = `version: 1
seed: 3
models:
  a: a.onnx
  b: { file: b.onnx, preprocess: { scale: 1, mean: 0 } }
  c: c.onnx
inputs:
  range: [0, 1]
data:
  rows: { file: rows.csv, inputs: [p, q, r], labels: label, scale: 1 }
  pixels: { file: pixels.csv, inputs: [s, t, u, v], labels: label }
budget: { executions: 40, seconds: 1 }
properties:
`;
/** One property each, so that a run is cheap, and of every kind. */
const properties = [
  'kind: robustness, model: a, data: rows, rows: 2, linfEpsilon: 0.01, class: label, expect: tested, share: 0.5',
  'kind: robustness, model: a, data: rows, l2Epsilon: 0.1, topK: 2, expect: proved, unknownPasses: true',
  'kind: finite, model: b, expect: proved, severity: warning',
  'kind: agreement, models: [a, b], data: rows, rows: [1, 3], linfEpsilon: 0.01, expect: tested',
  'kind: agreement, model: a, precision: float16, tolerance: 0.05, data: rows, linfEpsilon: 0.02, expect: tested',
  'kind: monotonic, model: a, data: rows, linfEpsilon: 0.1, features: [p], output: 0, direction: increasing, expect: tested',
  'kind: fairness, model: a, data: rows, linfEpsilon: 0.1, protected: [r], tolerance: 0.5, expect: tested',
  'kind: lipschitz, model: a, data: rows, linfEpsilon: 0.05, constant: 4, expect: tested',
  'kind: accuracy, model: a, data: rows, rows: 3, atLeast: 0.5, topK: 1, findings: 2, expect: proved',
  'kind: regression, model: a, baseline: b, data: rows, accuracyDrop: 0.5, provedDrop: 0.1, linfEpsilon: 0.1, expect: proved',
  'kind: assert, model: a, assume: "x[0] <= 0.5 and label != 2", assert: "y[0] - 2 * y[1] < 9 implies argmax(y) in top(2)", data: rows, linfEpsilon: 0.1, expect: tested',
  'kind: range, model: a, lower: -1, upper: 3, outputs: [0, 2], expect: proved',
  'kind: confidence, model: a, threshold: 0.9, output: logits, expect: tested',
  'kind: vnnlib, model: a, file: p.vnnlib, expect: proved',
  'kind: perturbation, model: c, data: pixels, transform: { brightness: [-0.1, 0.1], contrast: [0.8, 1.2] }, class: label, expect: proved',
];

const edges = [
  '0',
  '1',
  '2',
  '3',
  '5',
  '0.1',
  '0.5',
  '0.999',
  '1.5',
  '1e-300',
  '1e30',
  '-1',
  '99',
  '4294967296',
];
const odd = [...edges, 'null', 'true', '""', '[]', '{}', '[0, 0]', '"\\u0000"'];
const word = /[A-Za-z][A-Za-z0-9]*(?:\.[a-z]+)?|-?\d+(?:\.\d+)?/g;

/** Numbers at the edges in place of numbers, which mostly gives a policy again; or words of the policy language in place of any. */
const mutant = fc.constantFrom(...properties).chain((property) => {
  const original = `${head}  - { name: p, ${property} }\n`;
  const places = [...original.matchAll(word)];
  const numbers = places.filter(([text]) => !Number.isNaN(Number(text)));
  const words = [...new Set(places.map(([text]) => text))];
  const edit = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(...edges)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...places), fc.constantFrom(...words, ...odd)) },
  );
  return fc
    .array(edit, { minLength: 1, maxLength: 2 })
    .map((edits) =>
      edits
        .toSorted(([one], [other]) => other.index - one.index)
        .reduce(
          (text, [{ index, 0: old }, by]) => text.slice(0, index) + by + text.slice(index + old.length),
          original,
        ),
    );
});

const file = join(folder, 'p.yaml');

/** What the mutant is; undefined where it is refused, and then it says where. */
function loaded(text: string): LoadedPolicy | undefined {
  try {
    return loadPolicy(file, text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.details.where).toMatch(/p\.yaml:\d+:\d+$/);
    return undefined;
  }
}

/** Whatever a mutant asks for, a run is short. */
const hurried = ({ policy, ...rest }: LoadedPolicy): LoadedPolicy => ({
  ...rest,
  policy: {
    ...policy,
    properties: policy.properties.map((property) => ({
      ...property,
      budget: {
        executions: Math.min(property.budget.executions, 40),
        seconds: Math.min(property.budget.seconds, 0.2),
      },
    })),
  },
});

test('every kind of property is run as it is', async () => {
  for (const property of properties)
    expect((await runOnce(`${head}  - { name: p, ${property} }\n`)).kind, property).toBe('report');
});

type Outcome =
  | { readonly kind: 'report'; readonly report: RunReport }
  /** Refused before it was run, or while. */
  | { readonly kind: 'refused' | 'failed' };

async function runOnce(text: string): Promise<Outcome> {
  const policy = loaded(text);
  if (policy === undefined) return { kind: 'refused' };
  try {
    const report = await runInline(hurried(policy), join(folder, 'out'));
    return { kind: 'report', report: parseReport(JSON.parse(JSON.stringify(report)), 'report') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // What a mutant calls a file may be called anything, but it is in its folder.
    expect(error.details.where).toMatch(/\.(yaml|csv|onnx|vnnlib)\b|marauder-mutants/);
    return { kind: 'failed' };
  }
}

// With an effort of 10, 2,000 are run.
test('mutants are policies, or refused with a place; those that are policies run to a report, or an error with a place', async () => {
  const counts = { report: 0, refused: 0, failed: 0 };
  for (const text of fc.sample(mutant, { seed: SEED, numRuns: effort(200) })) {
    try {
      counts[(await runOnce(text)).kind]++;
    } catch (error) {
      throw new Error(`with this policy:\n${text}`, { cause: error });
    }
  }
  expect(Math.min(counts.report, counts.refused)).toBeGreaterThan(effort(20));
  expect(counts.failed).toBeGreaterThan(0);
});
