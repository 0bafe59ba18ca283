// Parts of a run against the run as a whole.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { mergeParts, type Part } from '../../../src/findings/merge-parts.js';
import type { RunReport } from '../../../src/findings/report.js';
import { loadPolicy } from '../../../src/index.js';
import { encodeModel } from '../../../src/program/emit.js';
import { Draw } from '../../helpers/draw.js';
import { modelOf } from '../../helpers/models.js';
import { runInline, untimedReport } from '../../helpers/running.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-parts-'));
const nodes = [
  ['MatMul', ['x', 'w'], 'h'],
  ['Relu', ['h'], 'y'],
] as const;
const w = float32([1, -1, 0.5, -0.5, 1, 0.5, -1, 0.25, 1], [3, 3]);
writeFileSync(join(folder, 'net.onnx'), encodeModel(modelOf(['n', 3], nodes, { w })));
const draw = new Draw(7);
const rows = Array.from({ length: 7 }, () => [draw.uniform(), draw.uniform(), draw.uniform()].join(','));
writeFileSync(join(folder, 'rows.csv'), `a,b,c\n${rows.join('\n')}\n`);

const near = { kind: 'robustness', model: 'net', data: 'rows' };
const policy = loadPolicy(
  join(folder, 'policy.yaml'),
  JSON.stringify({
    version: 1,
    models: { net: 'net.onnx' },
    inputs: { range: [0, 1] },
    data: { rows: { file: 'rows.csv' } },
    properties: [
      { name: 'one', kind: 'finite', model: 'net', expect: 'proved' },
      { name: 'proved', ...near, linfEpsilon: 0.05, expect: 'proved' },
      // Broken by the first attack: fuzzing shares a corpus among the rows of a part, so that its numbers differ.
      { name: 'broken', ...near, linfEpsilon: 1, expect: 'tested', share: 0 },
    ],
  }),
);

let whole: RunReport;
let parts: Part[];
beforeAll(async () => {
  whole = await runInline(policy, folder);
  parts = [];
  for (const index of [1, 2, 3])
    parts.push({ file: `part-${index}.json`, report: await runInline(policy, folder, { index, count: 3 }) });
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
  expect(untimedReport(mergeParts(parts))).toEqual(untimedReport(whole));
  expect(untimedReport(mergeParts(parts.toReversed()))).toEqual(untimedReport(whole));
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
