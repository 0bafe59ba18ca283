// Certificates of `marauder check`: made, checked, counted by the gate, and used again.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createChecker } from '../../../../src/certify/check.js';
import { createResultStore } from '../../../../src/cli/check/result-store.js';
import { decodeCertificate, encodeCertificate } from '../../../../src/findings/certificate/file.js';
import { loadModel } from '../../../../src/onnx/load.js';
import { checked, proofsIn, type Setting, untimed } from '../../../helpers/checking.js';
import { kinked } from '../../../helpers/hard-networks.js';
import { modelOf } from '../../../helpers/models.js';

/** Branching proves it: no bounds of the whole box do. */
const robust = (changes: object = {}, bias = 2.5, inputs = 2): Setting => ({
  files: [kinked(inputs, bias)],
  rows: [Array.from({ length: inputs }, () => 0)],
  range: [-1, 1],
  property: {
    kind: 'robustness',
    model: 'm0',
    linfEpsilon: 1,
    budget: { executions: 1000, seconds: 60 },
    ...changes,
  },
});

const finite = (changes: object = {}): Setting => {
  const { files, rows, range } = robust();
  return { files, rows, range, property: { kind: 'finite', model: 'm0', ...changes } };
};

const confident = (changes: object = {}): Setting => {
  const keys = { kind: 'confidence', model: 'm0', threshold: 0.999999, output: 'logits' };
  return { ...robust(), property: { ...keys, linfEpsilon: 0.01, ...changes } };
};

const budgeted = { budget: { executions: 1000, seconds: 60 } };

/** Unsafe: the second output is at least so much. */
const boxed = (least: number): string => `
(declare-const X_0 Real) (declare-const X_1 Real) (declare-const Y_0 Real) (declare-const Y_1 Real)
(assert (<= X_0 1.0)) (assert (>= X_0 -1.0)) (assert (<= X_1 1.0)) (assert (>= X_1 -1.0))
(assert (>= Y_1 ${least}))`;

const folderOf = () => mkdtempSync(join(tmpdir(), 'marauder-certifying-'));
const file = '.marauder/proofs/p/row-0.json.gz';

test('a proof by branching is a file, equal in equal runs, that the checker accepts by itself', async () => {
  const [one, other] = [folderOf(), folderOf()];
  const { report, verdicts, subject } = await checked(robust(), { proofs: proofsIn(one) });
  expect(verdicts).toMatchObject([
    { kind: 'proved', method: 'branch-and-bound', checked: true, certificates: [file] },
  ]);
  expect(report).toMatchObject({ status: 'passed', notes: [] });
  const bytes = readFileSync(join(one, file));
  const model = await loadModel(subject.models[0]?.file ?? '');
  const judgement = await createChecker(model)(decodeCertificate(bytes), { isStopped: () => false });
  expect(judgement.accepted).toBe(true);
  await checked(robust(), { proofs: proofsIn(other) });
  expect(readFileSync(join(other, file)).equals(bytes)).toBe(true);
});

test('proofs that are not to be checked count where the policy allows them only', async () => {
  const { report, verdicts } = await checked(robust(), { proofs: undefined });
  expect(verdicts).toMatchObject([{ kind: 'proved', checked: false, unchecked: '--no-certify was given' }]);
  expect(report).toMatchObject({ status: 'failed', share: { reached: 0 } });
  expect(report.notes).toEqual([
    '1 proof not checked independently, which this policy does not count: --no-certify was given',
  ]);
  const allowed = await checked(robust({ unchecked: 'allowed' }), { proofs: undefined });
  expect(allowed.report).toMatchObject({ status: 'passed', share: { reached: 1 } });
  const tested = await checked(robust({ expect: 'tested' }, 9), { proofs: undefined });
  expect(tested.report).toMatchObject({ status: 'passed', verdicts: { proved: 1 } });
});

test.each([
  ['kinds', confident, 'certificates are about outputs of files, not of a softmax behind them'],
  [
    'operators',
    (changes: object) => ({
      ...robust(changes),
      files: [
        modelOf(
          ['batch', 2],
          [
            ['Sigmoid', ['x'], 's'],
            ['Concat', ['s', 'x'], 'c', { axis: 1 }],
            ['Relu', ['c'], 'r'],
            ['Softmax', ['r'], 'y', { axis: 1 }],
          ],
        ),
      ],
      rows: [[0.9, -0.9]],
      property: { ...robust(changes).property, linfEpsilon: 0 },
    }),
    'the checker does not know this network: node "Softmax_3" (Softmax): an operator that the checker does not know',
  ],
] as const)(
  '%s that the checker does not know count unless the policy forbids it',
  async (_, setting, why) => {
    const usual = await checked(setting({}));
    expect(usual.verdicts).toMatchObject([{ kind: 'proved', checked: false, unchecked: why }]);
    expect(usual.report).toMatchObject({
      status: 'passed',
      notes: [`1 proof not checked independently: ${why}`],
    });
    const strict = await checked(setting({ unchecked: 'forbidden' }));
    expect(strict.report).toMatchObject({ status: 'failed', share: { reached: 0 } });
  },
);

test('a proof of an earlier run is checked again instead of searched; of another model, with the splits of then', async () => {
  const folder = folderOf();
  const proofs = proofsIn(folder);
  const first = await checked(robust(), { proofs });
  expect(first.report.cached).toBeUndefined();
  const second = await checked(robust(), { proofs });
  expect(second.report).toMatchObject({ executions: 0, subproblems: 0, cached: { proofs: 1 } });
  expect(second.verdicts).toMatchObject([{ method: 'branch-and-bound', checked: true, margin: null }]);
  const changed = await checked(robust({}, 2.625), { proofs });
  expect(changed.report).toMatchObject({ executions: 0, cached: { proofs: 1 } });
  expect(decodeCertificate(readFileSync(join(folder, file))).model.sha256).toBe(
    changed.subject.models[0]?.sha256,
  );
  // Nothing of it is taken on trust.
  const unsafe = await checked(robust({}, 1.5), { proofs });
  expect(unsafe.verdicts).toMatchObject([{ kind: 'violated' }]);
});

test('that every value is finite is a certificate, which is checked again, and is of its model alone', async () => {
  const folder = folderOf();
  const stores = { proofs: proofsIn(folder), results: createResultStore(folder, '.marauder') };
  const first = await checked(finite(), stores);
  const written = '.marauder/proofs/p/input-range.json.gz';
  expect(first.verdicts).toMatchObject([
    { kind: 'proved', method: 'ibp', checked: true, certificates: [written] },
  ]);
  expect(first.report).toMatchObject({ status: 'passed', notes: [] });
  const certificate = decodeCertificate(readFileSync(join(folder, written)));
  expect(certificate.property).toMatchObject({ finite: true, disjuncts: [], boxes: [{ lower: [-1, -1] }] });
  const second = await checked(finite(), stores);
  expect(second.report).toMatchObject({ cached: { proofs: 1 } });
  expect(second.verdicts).toEqual(first.verdicts);
  const open = { ...certificate, proofs: [{ disjunct: 0, root: { kind: 'open' } }] } as const;
  writeFileSync(join(folder, written), encodeCertificate(open));
  const damaged = await checked(finite(), stores);
  expect(damaged.report.cached).toBeUndefined();
  expect(damaged.verdicts).toEqual(first.verdicts);
  const near = await checked(finite({ linfEpsilon: 0.5, data: 'rows' }), stores);
  expect(near.verdicts).toMatchObject([{ checked: true, certificates: [file] }]);
});

test('a proof that was tampered with, or is of another property, is none', async () => {
  const folder = folderOf();
  await checked(robust(), { proofs: proofsIn(folder) });
  const certificate = decodeCertificate(readFileSync(join(folder, file)));
  const damaged = [
    new Uint8Array([1, 2, 3]),
    encodeCertificate({
      ...certificate,
      proofs: certificate.proofs.map((proof) => ({ ...proof, root: { kind: 'open' } })),
    }),
  ];
  for (const bytes of damaged) {
    writeFileSync(join(folder, file), bytes);
    const { report, verdicts } = await checked(robust(), { proofs: proofsIn(folder) });
    expect(verdicts).toMatchObject([{ kind: 'proved', checked: true }]);
    expect(report.cached).toBeUndefined();
    expect(report.executions).toBeGreaterThan(0);
  }
  const nearer = await checked(robust({ linfEpsilon: 0.875 }), { proofs: proofsIn(folder) });
  expect(nearer.report.cached).toBeUndefined();
});

test.each([
  ['range', { upper: 2.75 }],
  ['assert', { assert: 'y[1] < 2.5', assume: 'x[0] > -0.5' }],
  ['vnnlib', {}],
] as const)(
  'proofs of kind %s are certificates, which are checked again instead of searched',
  async (kind, keys) => {
    const folder = folderOf();
    const properties = join(folder, 'p.vnnlib');
    writeFileSync(properties, boxed(2.5));
    const { files, rows, range } = robust();
    const asked = kind === 'vnnlib' ? { file: properties, data: undefined } : { linfEpsilon: 1, ...keys };
    const setting = { files, rows, range, property: { ...budgeted, kind, model: 'm0', ...asked } };
    const stores = { proofs: proofsIn(folder), results: createResultStore(folder, '.marauder') };
    const first = await checked(setting, stores);
    expect(first.verdicts).toMatchObject([{ kind: 'proved', checked: true }]);
    const [written = ''] = first.verdicts.flatMap((verdict) =>
      'certificates' in verdict ? verdict.certificates : [],
    );
    const certificate = decodeCertificate(readFileSync(join(folder, written)));
    expect(certificate.property.disjuncts.length).toBeGreaterThan(0);
    const second = await checked(setting, stores);
    expect(second.report.cached).toMatchObject({ proofs: 1 });
    expect(second.verdicts).toMatchObject([{ kind: 'proved', checked: true, certificates: [written] }]);
    if (kind !== 'vnnlib') return;
    // What the file asks for is part of what is compared.
    writeFileSync(properties, boxed(2.25));
    const other = await checked(setting, stores);
    expect(other.report.cached).toBeUndefined();
  },
);

test('what is around rows by another norm has no certificate, and that is said', async () => {
  const { files, rows, range, property } = robust();
  const { linfEpsilon: _, ...others } = property;
  const setting = { files, rows, range, property: { ...others, l2Epsilon: 0.1 } };
  const { verdicts } = await checked(setting);
  expect(verdicts).toMatchObject([
    { kind: 'proved', unchecked: 'certificates are about boxes, and this set is a ball of norm l2' },
  ]);
});

test('a whole result is taken over where nothing has changed, and not where anything has', async () => {
  const folder = folderOf();
  const stores = { proofs: proofsIn(folder), results: createResultStore(folder, '.marauder') };
  const first = await checked(robust(), stores);
  const { cached, ...second } = untimed((await checked(robust(), stores)).report);
  expect(cached).toEqual({ proofs: 1, findings: 0, executions: first.report.executions });
  expect(second).toEqual(untimed(first.report));
  for (const changes of [{ budget: { executions: 900, seconds: 60 } }, { unchecked: 'forbidden' }]) {
    const { report } = await checked(robust(changes), { ...stores, proofs: proofsIn(folderOf()) });
    expect(report.cached).toBeUndefined();
  }
  // The certificate is gone: it is proved again.
  const lost = await checked(robust(), { ...stores, proofs: proofsIn(folderOf()) });
  expect(lost.report.cached).toBeUndefined();
});

test('tests are not repeated where nothing has changed; a violation whose finding is gone is searched again', async () => {
  const folder = folderOf();
  const stores = { proofs: proofsIn(folder), results: createResultStore(folder, '.marauder') };
  const first = await checked(robust({ expect: 'tested' }), stores);
  expect(first.verdicts).toMatchObject([{ kind: 'tested' }]);
  // The corpus of the search is missing.
  const lost = await checked(robust({ expect: 'tested' }), stores);
  expect(lost.report.cached).toBeUndefined();
  mkdirSync(join(folder, '.marauder/corpus'));
  writeFileSync(join(folder, '.marauder/corpus/p.npz'), '');
  const second = await checked(robust({ expect: 'tested' }), stores);
  expect(second.report).toMatchObject({ cached: { executions: first.report.executions } });
  expect(second.verdicts).toEqual(first.verdicts);
  await checked(robust({}, 1.5), stores);
  const again = await checked(robust({}, 1.5), stores);
  expect(again.verdicts).toMatchObject([{ kind: 'violated' }]);
  expect(again.report.cached).toBeUndefined();
});
