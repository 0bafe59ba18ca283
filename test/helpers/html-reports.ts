// Reports and what they are illustrated with, for the page: every kind of verdict, inputs of every kind, and any text in every name.
import { distances } from '../../src/findings/distances.js';
import type { Finding } from '../../src/findings/finding.js';
import type { InstanceReport, OutputBounds, PropertyReport, RunReport } from '../../src/findings/report.js';
import type { SearchTree } from '../../src/findings/search-tree.js';
import type { Verdict } from '../../src/findings/verdict.js';
import type { Material, WitnessMaterial } from '../../src/report/material.js';
import { plain } from '../../src/report/style.js';

const hash = 'a'.repeat(64);

export const proved = (margin: number | null): Verdict => ({
  kind: 'proved',
  method: 'crown',
  arithmetic: 'deployed',
  margin,
  checked: false,
});
export const tested = (smallestMargin: number | null): Verdict => ({
  kind: 'tested',
  executions: 1204,
  smallestMargin,
});
export const violated = (
  margin: number | null,
  finding: string,
  summary = 'class 3 instead of 8',
): Verdict => ({
  kind: 'violated',
  witness: { finding, foundBy: 'gradient', executions: 12, row: 1, linfDistance: 0.05, margin, summary },
});
export const unknown = (detail: string): Verdict => ({ kind: 'unknown', reason: 'loose-bounds', detail });

export function propertyOf(
  instances: readonly InstanceReport[],
  changes: Partial<PropertyReport> = {},
): PropertyReport {
  const verdicts = { proved: 0, violated: 0, tested: 0, unknown: 0 };
  for (const { verdict } of instances) verdicts[verdict.kind]++;
  return {
    name: 'small-changes',
    at: { file: 'nets.policy.yaml', line: 3, column: 5 },
    kind: 'robustness',
    claim: 'the labelled class wins',
    models: ['net'],
    expect: 'tested',
    severity: 'error',
    unknownPasses: false,
    coverageFloors: [],
    status: 'failed',
    share: { reached: 0.5, required: 0.75 },
    verdicts,
    instances,
    executions: 9000,
    subproblems: instances.reduce((sum, { subproblems }) => sum + (subproblems ?? 0), 0),
    fuzzing: null,
    notes: [],
    timing: { proveMs: 210, attackMs: 30, fuzzMs: 100, totalMs: 412 },
    ...changes,
  };
}

export const reportOf = (
  properties: readonly PropertyReport[],
  changes: Partial<RunReport> = {},
): RunReport => ({
  schemaVersion: 1,
  tool: { name: 'marauder', version: '0.1.0', onnxruntime: '1.30.0' },
  arithmetic: 'deployed',
  policy: { file: 'nets.policy.yaml', sha256: hash },
  seed: 7,
  models: [{ name: 'net', file: 'net.onnx', sha256: hash }],
  data: [{ name: 'rows', file: 'rows.npz', sha256: hash }],
  gate: properties.every(({ status }) => status === 'passed') ? 'passed' : 'failed',
  interrupted: false,
  baseline: null,
  properties,
  timing: { startedAt: '2026-01-02T03:04:05.678Z', totalMs: 12_345, workers: 2 },
  ...changes,
});

type Changes = Partial<Omit<WitnessMaterial, 'finding'>> & { readonly finding?: Partial<Finding> };

/** An input that differs from its seed in one element. */
export function witnessOf({ finding, ...changes }: Changes = {}): WitnessMaterial {
  const seed = changes.seed ?? Float32Array.of(1, 2, 3);
  const input = changes.input ?? seed.map((value, at) => (at === 1 ? value + 0.5 : value));
  return {
    shape: [input.length],
    input,
    seed,
    outputs: [],
    ...changes,
    finding: {
      schemaVersion: 2,
      property: 'small-changes',
      kind: 'robustness',
      objective: 'robustness',
      cluster: null,
      models: [{ name: 'net', file: 'net.onnx', sha256: hash }],
      input: 'input.npy',
      other: null,
      otherSha256: null,
      statement: null,
      inputSha256: hash,
      seedInput: 'seed.npy',
      seedSha256: hash,
      target: 8,
      row: 1,
      distances: distances(input, seed),
      linfEpsilon: 0.5,
      expression: null,
      propertyFile: null,
      margin: -0.5,
      summary: 'class 3 instead of 8',
      foundBy: 'gradient',
      chain: [],
      chainFile: null,
      outputsFile: null,
      integer: [],
      executions: 12,
      seed: 7,
      images: null,
      minimizedFrom: null,
      ...finding,
    },
  };
}

/** 4 x 4 pixels. */
export const imageWitness = (): WitnessMaterial =>
  witnessOf({
    shape: [1, 4, 4],
    seed: Float32Array.from({ length: 16 }, (_, at) => at / 16),
    outputs: [
      { shape: [3], atInput: Float32Array.of(1, Number.NaN, -2), atSeed: Float32Array.of(3, 0, -Infinity) },
    ],
    finding: {
      images: {
        layout: { channels: 1, height: 4, width: 4, order: 'CHW' },
        range: [0, 1],
        scale: 32,
        amplification: 2,
      },
    },
  });

export const materialOf = (changes: Partial<Material> = {}): Material => ({
  style: plain,
  policyText: 'version: 1\nproperties:\n  - name: small-changes\n    kind: robustness\n\n# the end\n',
  witness: () => undefined,
  features: () => undefined,
  ...changes,
});

const boundsOf = (model: string): OutputBounds => ({
  model,
  method: 'crown',
  size: 30,
  outputs: [
    { index: 3, lower: -1, upper: 2, atRow: 0.5 },
    { index: 17, lower: null, upper: null, atRow: null },
  ],
});

const treeOf = (split: string): SearchTree => ({
  trees: 2,
  leaves: 7,
  depth: 3,
  splits: [{ split, count: 3 }],
  otherSplits: 2,
  nodes: [
    { leaves: 5, split, at: 0.5, parts: 1 },
    { leaves: 2, split, parts: 3 },
    { leaves: 3, split, at: 0.25 },
    { leaves: 1 },
    { leaves: 1 },
  ],
});

/** Every part of the page, with the same text wherever a user or a file may put one. */
export function everything(text: string): { readonly report: RunReport; readonly material: Material } {
  const instances = [
    { instance: text, verdict: violated(-0.5, `${text}/image`, text) },
    { instance: `${text}1`, verdict: violated(null, `${text}/table`, text) },
    { instance: `${text}2`, verdict: unknown(text), subproblems: 12, outputBounds: [boundsOf(text)] },
    {
      instance: 'row 3',
      verdict: proved(0.25),
      subproblems: 3,
      outputBounds: [boundsOf(text), boundsOf(text)],
      searchTree: treeOf(text),
    },
    { instance: 'row 4', verdict: tested(1.5) },
    { instance: `${text}5`, verdict: violated(-1, `${text}/gone`, text), accepted: { reason: text } },
    { instance: `${text}6`, verdict: proved(0.5), discounted: true as const },
  ];
  const fuzzing = {
    executions: 5000,
    corpusSize: 20,
    coverage: [
      { criterion: text, kept: 5, covered: null },
      { criterion: text, kept: 2, covered: 0.5 },
    ],
    series: [
      { executions: 0, corpusSize: 10, coverage: [0, 0.25] },
      { executions: 5000, corpusSize: 20, coverage: [5, 0.5] },
    ],
  };
  const at = { file: text, line: 1, column: 1 };
  const property = propertyOf(instances, {
    ...{ name: text, claim: text, models: [text, text], notes: [text], fuzzing, at },
    severity: 'warning',
    unknownPasses: true,
    coverageFloors: [
      { criterion: text, required: 0.75, reached: 0.5 },
      { criterion: text, required: 0.25, reached: null },
    ],
  });
  const other = { name: `${text} 2`, claim: text, models: [text], at };
  const others = [propertyOf(instances.slice(4, 5), other), propertyOf([], other)];
  const report = reportOf([property, ...others], {
    policy: { file: text, sha256: hash },
    baseline: {
      file: text,
      accepted: 1,
      stale: [{ property: text, instance: text, why: 'not-violated' }],
      strict: true,
    },
    models: [{ name: text, file: text, sha256: hash, derived: 'float16' }],
    data: [{ name: text, file: text, sha256: hash }],
    tool: { name: 'marauder', version: text, onnxruntime: text },
  });
  const material = materialOf({
    policyText: `${text}: ${text} # ${text}`,
    witness: (finding) =>
      finding.endsWith('image')
        ? imageWitness()
        : witnessOf({
            outputs: [
              { shape: [2], atInput: Float32Array.of(1, 2), atSeed: Float32Array.of(2, 1) },
              { shape: [2], atInput: Float32Array.of(1, 2), atSeed: Float32Array.of(1, 2) },
            ],
            finding: {
              models: [1, 2].map(() => ({ name: text, file: text, sha256: hash })),
            },
          }),
    features: () => [text, text, text],
  });
  return { report, material };
}
