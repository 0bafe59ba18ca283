// Findings of two inputs: saved as two files, and judged again as they were.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { createEvidence } from '../../../../src/cli/check/evidence.js';
import { judgeOf } from '../../../../src/cli/findings/judge.js';
import { createFindingOpener } from '../../../../src/cli/findings/open.js';
import { checked } from '../../../helpers/checking.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';
import { failureOf } from '../../policy/helpers.js';

/** y = b - a */
const falling = modelOf(['batch', 2], [['Gemm', ['x', 'w'], 'y']], { w: float32([-1, 1], [2, 1]) });

async function saved(property: object) {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-pairs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { subject, found } = await checked({
    files: [falling],
    rows: [[0.5, 0.25]],
    range: [0, 1],
    property: { model: 'm0', linfEpsilon: 0.1, budget: { executions: 200, seconds: 60 }, ...property },
  });
  const [hit] = found;
  if (hit === undefined) throw new Error('nothing was found');
  const judgement = await subject.replay(hit.input, 0);
  const witness = createEvidence(folder, 'out', 1).saveFinding(subject, hit, judgement);
  const path = resolve(folder, witness.finding);
  return { judgement, witness, path, opened: await createFindingOpener(inline)(path) };
}

test.each([
  [
    { kind: 'monotonic', features: [0] },
    { output: 0, direction: 'increasing' },
  ],
  [
    { kind: 'lipschitz', constant: 0.5, slack: 0.001 },
    { constant: 0.5, slack: 0.001 },
  ],
  [{ kind: 'fairness', protected: [{ feature: 0, values: [0, 1] }], tolerance: 0.5 }, { tolerance: 0.5 }],
])('%j', async (property, statement) => {
  const { judgement, witness, path, opened } = await saved(property);
  expect(readdirSync(path).toSorted()).toEqual(['finding.json', 'input.npy', 'other.npy', 'seed.npy']);
  expect(opened.finding).toMatchObject({ kind: property.kind, other: 'other.npy', statement, chain: [] });
  expect(opened.changed).toEqual([]);
  expect([...opened.input]).not.toEqual([...(opened.other ?? [])]);
  expect(witness.linfDistance).toBe(opened.finding.distances?.linf);
  const judge = judgeOf(opened, inline);
  expect(judgement.violated).toBe(true);
  expect(await judge.one(opened.input)).toEqual(judgement);
  expect(await judge.rows(Float32Array.of(...opened.input, ...(opened.other ?? [])))).toEqual([true, false]);
});

test('inputs that may not differ so are no violation, and a finding without its second input is none', async () => {
  const { opened } = await saved({ kind: 'monotonic', features: [0] });
  const [first, second] = [opened.input, opened.other ?? opened.input];
  const turned = judgeOf({ ...opened, other: first }, inline);
  expect(await turned.one(second)).toMatchObject({
    violated: false,
    summary: 'the two inputs differ in what they may not differ in',
  });
  const failure = await failureOf(() => judgeOf({ ...opened, other: undefined }, inline));
  expect(failure).toMatchObject({
    code: 'INVALID_FINDING',
    problem: 'a finding of kind monotonic lacks its second input, or what is asked',
  });
});
