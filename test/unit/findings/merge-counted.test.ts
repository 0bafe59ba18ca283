// Counted properties in parts: rows are dealt out, and counts are added up, so that the parts together say what one run says.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { createAccepting } from '../../../src/cli/check/accepting.js';
import { mergeParts, type Part } from '../../../src/findings/merge-parts.js';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import { parseReport } from '../../../src/findings/schema.js';
import { loadPolicy } from '../../../src/index.js';
import { encodeModel } from '../../../src/program/emit.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { runInline, untimedReport } from '../../helpers/running.js';

const most = 4;
const classes = 3;

/** Two networks of equal shape, rows of which many are wrong, and a baseline that accepts some of them. */
function settingOf(seed: number) {
  const draw = new Draw(seed);
  const folder = mkdtempSync(join(tmpdir(), 'marauder-counted-parts-'));
  const numbers = (length: number) => Array.from({ length }, () => draw.uniform() - 0.5);
  for (const name of ['now', 'before']) {
    const constants = { w: float32(numbers(9), [3, 3]), b: float32(numbers(3), [3]) };
    const network = modelOf(['n', 3], [['Gemm', ['x', 'w', 'b'], 'y']], constants);
    writeFileSync(join(folder, `${name}.onnx`), encodeModel(network));
  }
  const total = draw.int(1, 14);
  const rows = Array.from({ length: total }, () => [...numbers(3), draw.int(0, classes - 1)].join(','));
  writeFileSync(join(folder, 'rows.csv'), `a,b,c,label\n${rows.join('\n')}\n`);
  const on = { model: 'now', data: 'rows', expect: 'proved' };
  const lost = { ...on, kind: 'regression', baseline: 'before', accuracyDrop: draw.uniform() };
  const policy = loadPolicy(
    join(folder, 'policy.yaml'),
    JSON.stringify({
      version: 1,
      models: { now: 'now.onnx', before: 'before.onnx' },
      inputs: { range: [-1, 1] },
      data: { rows: { file: 'rows.csv', labels: 'label' } },
      properties: [
        { name: 'right', ...on, kind: 'accuracy', atLeast: draw.uniform(), findings: draw.int(1, 6) },
        { name: 'finite', kind: 'finite', model: 'now', expect: 'proved' },
        {
          name: 'first',
          ...on,
          kind: 'accuracy',
          atLeast: 1,
          topK: 2,
          rows: Math.min(total, 3),
          findings: 1,
        },
        { name: 'lost', ...lost },
        { name: 'proved', ...lost, provedDrop: draw.uniform() / 4, linfEpsilon: 0.05 },
        { name: 'last', ...on, kind: 'accuracy', atLeast: 0.5 },
      ],
    }),
  );
  const names = [
    ['right', ['now.onnx']],
    ['last', ['now.onnx']],
    ['lost', ['now.onnx', 'before.onnx']],
    ['gone', ['now.onnx']],
  ] as const;
  const accepted = names.flatMap(([property, models]) =>
    Array.from({ length: 8 }, () => ({ property, instance: `row ${draw.int(0, total + 2)}`, models })),
  );
  writeFileSync(join(folder, 'marauder-baseline.json'), JSON.stringify({ schemaVersion: 1, accepted }));
  const options = { baseline: undefined, strictBaseline: true };
  const accepting = createAccepting(options, policy.policy, join(folder, 'policy.yaml'), folder);
  const run = async (shard?: { index: number; count: number }): Promise<RunReport> =>
    // As it comes from its file.
    parseReport(JSON.parse(JSON.stringify(await runInline(policy, folder, shard, accepting))), 'r.json');
  return { run, total };
}

async function partsOf(run: (shard: { index: number; count: number }) => Promise<RunReport>, count: number) {
  const parts: Part[] = [];
  for (let index = 1; index <= count; index++)
    parts.push({ file: `part-${index}.json`, report: await run({ index, count }) });
  return parts;
}

const isCounted = ({ kind }: PropertyReport): boolean => kind === 'accuracy' || kind === 'regression';

describe('parts of counted properties', () => {
  test.each(Array.from({ length: effort(1) }, (_, at) => at + 1))('seed %i', async (seed) => {
    const { run, total } = settingOf(seed);
    const whole = await run();
    for (let count = 1; count <= most; count++) {
      const parts = await partsOf(run, count);
      expect(untimedReport(mergeParts(parts.toReversed()))).toEqual(untimedReport(whole));
      // Nobody counts a row twice.
      for (const [at, { executions }] of whole.properties.filter(isCounted).entries()) {
        const each = parts.map(({ report }) => report.properties.filter(isCounted)[at]?.executions ?? 0);
        expect(each.reduce((sum, own) => sum + own, 0)).toBe(executions);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(2);
      }
      expect(parts.map(({ report: { gate } }) => gate)).toEqual(parts.map(() => 'failed'));
    }
    const proved = whole.properties[4]?.instances.at(-1);
    expect(proved).toMatchObject({ instance: 'proved share', required: true, provedShare: { rows: total } });
  });
});

test.each([
  [0.5, 'passed'],
  [0.6, 'failed'],
])('%f of all rows, of which one part has all right and the other all wrong: %s', async (atLeast, status) => {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-counted-parts-'));
  const constants = { w: float32([1, -1], [1, 2]) };
  writeFileSync(
    join(folder, 'net.onnx'),
    encodeModel(modelOf(['n', 1], [['MatMul', ['x', 'w'], 'y']], constants)),
  );
  writeFileSync(join(folder, 'rows.csv'), 'a,label\n1,0\n1,1\n1,0\n1,1\n');
  const property = { name: 'p', kind: 'accuracy', model: 'net', data: 'rows', atLeast, expect: 'proved' };
  const policy = loadPolicy(
    join(folder, 'policy.yaml'),
    JSON.stringify({
      version: 1,
      models: { net: 'net.onnx' },
      inputs: { range: [-1, 1] },
      data: { rows: { file: 'rows.csv', labels: 'label' } },
      properties: [property],
    }),
  );
  const parts = await partsOf((shard) => runInline(policy, folder, shard), 2);
  expect(parts.map(({ report }) => report.properties[0]?.status)).toEqual(['passed', 'failed']);
  expect(parts.map(({ report }) => report.gate)).toEqual(['failed', 'failed']);
  const joined = mergeParts(parts);
  expect(joined).toMatchObject({ gate: status, properties: [{ status, share: { reached: 0.5 } }] });
});
