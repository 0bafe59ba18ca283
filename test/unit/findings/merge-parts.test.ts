// Parts of a run, as the library makes them, against the run as a whole.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { mergeParts, type Part } from '../../../src/findings/merge-parts.js';
import type { RunReport } from '../../../src/findings/report.js';
import { check, loadPolicy } from '../../../src/index.js';

const outputDir = mkdtempSync(join(tmpdir(), 'marauder-parts-'));
const corpora = new URL('../../../corpora/', import.meta.url).pathname;
const near = { kind: 'robustness', model: 'net', data: 'digits', rows: 7 };
const policy = loadPolicy(
  join(outputDir, 'policy.yaml'),
  JSON.stringify({
    version: 1,
    models: { net: join(corpora, 'digits-mlp-robust.onnx') },
    inputs: { range: [0, 1] },
    data: {
      digits: {
        file: join(corpora, 'digits.npz'),
        inputs: 'test_images',
        labels: 'test_labels',
        scale: 0.0625,
      },
    },
    properties: [
      { name: 'one', kind: 'finite', model: 'net', expect: 'proved' },
      { name: 'proved', ...near, linfEpsilon: 0.05, expect: 'proved' },
      { name: 'broken', ...near, linfEpsilon: 0.3, expect: 'tested', share: 0, budget: { executions: 1000 } },
    ],
  }),
);

const untimed = ({ timing: _, properties, ...rest }: RunReport) => ({
  ...rest,
  properties: properties.map(({ timing: __, ...property }) => property),
});

let whole: RunReport;
let parts: Part[];
beforeAll(async () => {
  const options = { outputDir, workers: 1 };
  whole = await check(policy, options);
  parts = [];
  for (const index of [1, 2, 3])
    parts.push({
      file: `part-${index}.json`,
      report: await check(policy, { ...options, shard: { index, count: 3 } }),
    });
});

test('every part has its own instances, and none passes by itself', () => {
  const counts = parts.map(({ report }) => report.properties.map(({ instances }) => instances.length));
  expect(counts).toEqual([
    [1, 2, 2],
    [0, 3, 2],
    [0, 2, 3],
  ]);
  expect(parts.map(({ report }) => report.gate)).toEqual(['failed', 'failed', 'failed']);
});

test('joined, in any order, they are the whole', () => {
  expect(untimed(mergeParts(parts))).toEqual(untimed(whole));
  expect(untimed(mergeParts(parts.toReversed()))).toEqual(untimed(whole));
});

describe('refused', () => {
  const other = (part: number, changes: Partial<RunReport>): Part => {
    const { report, file } = parts[part] as Part;
    return { file, report: { ...report, ...changes } };
  };
  test.each<[string, () => Part[], RegExp]>([
    ['a missing part', () => parts.slice(0, 2), /number 3 is missing/],
    ['a part twice', () => [...parts, ...parts.slice(1, 2)], /part 2 of 3, which part-2.json is already/],
    ['a whole run', () => [{ file: 'w.json', report: whole }], /w.json: is the report of a whole run/],
    ['another seed', () => [other(0, { seed: 2 }), ...parts.slice(1)], /"seed" differs/],
    [
      'another policy',
      () => [...parts.slice(0, 2), other(2, { policy: { file: 'p', sha256: '0'.repeat(64) } })],
      /part-3.json: is of another run than part-1.json: "policy" differs/,
    ],
    [
      'another version',
      () => [...parts.slice(0, 2), other(2, { tool: { ...whole.tool, version: '9.9.9' } })],
      /"tool" differs/,
    ],
    [
      'other numbers of parts',
      () => [...parts.slice(0, 2), other(2, { shard: { index: 3, count: 4 } })],
      /part 3 of 4/,
    ],
    ['lost instances', () => [other(0, { properties: [] }), ...parts.slice(1)], /"properties" differs/],
  ])('%s', (_name, given, message) => {
    expect(() => mergeParts(given())).toThrow(message);
  });
});
