// However a policy is changed, checking it ends with a report or with one error that has a place: never with a stack trace.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { UserError } from '../../src/base/user-error.js';
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
writeFileSync(join(folder, 'rows.csv'), 'p,q,r,label\n0.1,0.9,0.2,1\n0.8,0.3,0.1,0\n0.2,0.2,0.9,2\n');

const original = `version: 1
seed: 3
models:
  a: a.onnx
  b: { file: b.onnx, preprocess: { scale: 1, mean: 0 } }
inputs:
  range: [0, 1]
data:
  rows: { file: rows.csv, inputs: [p, q, r], labels: label, scale: 1 }
budget: { executions: 40, seconds: 1 }
properties:
  - { name: near, kind: robustness, model: a, data: rows, rows: 2, linfEpsilon: 0.01, class: label, expect: tested, share: 0.5 }
  - { name: finite, kind: finite, model: b, expect: proved }
  - { name: same, kind: agreement, models: [a, b], data: rows, rows: [1, 3], linfEpsilon: 0.01, expect: tested }
`;

/** Words of the policy language and numbers at the edges, so that many mutants still are policies. */
const words = original.match(/[A-Za-z]+(?:\.[a-z]+)?|-?\d+(?:\.\d+)?/g) ?? [];
const odd = [
  '0',
  '-1',
  '1e30',
  '1e-300',
  '0.999',
  '4294967296',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '[0, 0]',
  '99',
  '"\\u0000"',
];
const places = [...original.matchAll(/[A-Za-z]+(?:\.[a-z]+)?|-?\d+(?:\.\d+)?/g)].map(
  ({ index, 0: word }) => ({ index, word }),
);

const mutant = fc
  .array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...words, ...odd)), {
    minLength: 1,
    maxLength: 2,
  })
  .map((edits) =>
    edits
      .toSorted(([a], [b]) => b.index - a.index)
      .reduce(
        (text, [{ index, word }, by]) => text.slice(0, index) + by + text.slice(index + word.length),
        original,
      ),
  );

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

test('1,000 mutants are policies, or refused with a place; some are run to a report, or an error with a place', async () => {
  const policies = fc
    .sample(mutant, { seed: SEED, numRuns: effort(1000) })
    .flatMap((text) => loaded(text) ?? []);
  expect(policies.length).toBeGreaterThan(effort(50));
  const step = Math.max(1, Math.floor(policies.length / effort(6)));
  let reports = 0;
  for (let at = 0; at < policies.length; at += step) {
    try {
      const report = await runInline(policies[at] as LoadedPolicy, join(folder, 'out'));
      parseReport(JSON.parse(JSON.stringify(report)), 'report');
      reports++;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // What a mutant calls a file may be called anything, but it is in its folder.
      expect(error.details.where).toMatch(/\.(yaml|csv|onnx)\b|marauder-mutants/);
    }
  }
  expect(reports).toBeGreaterThan(1);
});
