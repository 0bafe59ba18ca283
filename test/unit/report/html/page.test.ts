// What the page says of a report.
import { expect, test } from 'vitest';
import type { InstanceReport, RunReport } from '../../../../src/findings/report.js';
import { card } from '../../../../src/report/html/card.js';
import { htmlReport } from '../../../../src/report/html/index.js';
import { bare, type Material } from '../../../../src/report/material.js';
import { reports } from '../../../golden/reports.js';
import {
  imageWitness,
  materialOf,
  propertyOf,
  proved,
  reportOf,
  tested,
  violated,
  witnessOf,
} from '../../../helpers/html-reports.js';

/** Text without tags, as a reader has it. */
const textOf = (report: RunReport, material: Material = materialOf()): string =>
  htmlReport
    .render(report, material)
    .replace(/<(style|script|title).*?<\/\1>/gs, '')
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const rows = (total: number, verdictOf: (at: number) => InstanceReport['verdict']): InstanceReport[] =>
  Array.from({ length: total }, (_, at) => ({ instance: `row ${at}`, verdict: verdictOf(at) }));

test('the gate, in the title and at the top; an interrupted run never passes', () => {
  expect(textOf(reports.passing, bare)).toContain('Passed All 4 properties hold as the policy asks.');
  expect(textOf(reports.failing, bare)).toMatch(
    /Failed \d of \d properties do not hold as the policy asks\./,
  );
  const interrupted = { ...reports.interrupted, gate: 'passed' } as const;
  expect(textOf(interrupted, bare)).toContain('Failed Interrupted: this report is partial.');
  expect(htmlReport.render(interrupted, bare)).toContain('<title>Failed: ');
});

test('a property: claim, counts, share, notes', () => {
  const property = propertyOf([...rows(3, () => proved(1)), ...rows(1, () => tested(2))], {
    notes: ['slow'],
  });
  const text = textOf(reportOf([property]));
  expect(text).toContain(
    '✗ small-changes robustness · model net The labelled class wins. ✓ 3 proved ○ 1 tested severity: error tested: 50 %, needs 75 % Slow.',
  );
  expect(text).toContain(
    '3 proofs for the deployed float32 network, in any order of summation; not checked independently.',
  );
});

test('a property without inputs says so', () => {
  expect(textOf(reportOf([propertyOf([])]))).toContain('There were no inputs to check, so it does not pass.');
});

test('unknown instances: how many, why, and the first of them', () => {
  expect(textOf(reports.failing, bare)).toMatch(
    /5 unknown: the bounds do not decide it\. The first of them, row 3: lower bound of the margin is -0\.31\./,
  );
});

test('a counterexample: pictures, outputs, distances, how to replay it', () => {
  const report = reportOf([propertyOf(rows(1, () => violated(-0.5, 'findings/it is')))]);
  const material = materialOf({ witness: imageWitness });
  const page = htmlReport.render(report, material);
  expect(page.match(/<img /g)).toHaveLength(3);
  const text = textOf(report, material);
  expect(text).toContain('Seed Counterexample Difference\u00a0×\u00a02'.replaceAll('\u00a0', ' '));
  expect(text).toContain('Output Seed Here 0 3 1 1 0 NaN 2 -Infinity -2');
  expect(text).toContain(
    'Distance (linf) 0.5 of 0.5 allowed Distance (l2, l1) 0.5, 0.5 Elements changed 1 of 16',
  );
  expect(text).toContain('Origin found by following gradients, after 12 executions');
  expect(text).toContain('marauder replay &#39;findings/it is&#39;');
});

test('a row that fails as it is has no difference to show', () => {
  const found = violated(-1, 'f');
  const { witness } = found.kind === 'violated' ? found : expect.fail('it is');
  const verdict = { ...found, witness: { ...witness, foundBy: 'seed' } } as const;
  const report = reportOf([propertyOf([{ instance: 'row 0', verdict }])]);
  const seed = imageWitness().seed ?? new Float32Array();
  const { finding } = imageWitness();
  const material = materialOf({
    witness: () => witnessOf({ seed, input: seed, shape: [1, 4, 4], finding: { images: finding.images } }),
  });
  expect(htmlReport.render(report, material).match(/<img /g)).toHaveLength(1);
  expect(textOf(report, material)).toContain('1 of them a row of the data as it is');
  expect(textOf(report, material)).not.toContain('Distance (linf)');
});

test('a flat square is drawn as a guess that is called one, and a table is not drawn', () => {
  const report = reportOf([propertyOf(rows(1, () => violated(-0.5, 'f')))]);
  const flat = materialOf({ witness: () => witnessOf({ seed: new Float32Array(64).fill(0.5) }) });
  expect(textOf(report, flat)).toContain(
    'Drawn as 8 × 8 pixels: a guess, since the input is a row of 64 numbers.',
  );
  const table = materialOf({ witness: () => witnessOf(), features: () => ['age', 'income', 'rent'] });
  expect(htmlReport.render(report, table)).not.toContain('<img');
  expect(textOf(report, table)).toContain('Feature Seed Here Change income 2 2.5 0.5');
  expect(textOf(report, materialOf({ witness: () => witnessOf() }))).toContain('element 1 2 2.5');
});

test('a finding whose folder is gone is still listed', () => {
  const text = textOf(reportOf([propertyOf(rows(1, () => violated(-0.5, 'gone')))]));
  expect(text).toContain('Its folder is not at hand');
  expect(text).toContain('marauder replay gone');
});

test('of many counterexamples the worst have cards, and the page says how many have none', () => {
  const many = propertyOf(rows(40, (at) => violated(-at, `f${at}`)));
  let asked = 0;
  const material = materialOf({
    witness: () => {
      asked++;
      return undefined;
    },
  });
  const page = htmlReport.render(reportOf([many]), material);
  expect(page.match(/<article/g)).toHaveLength(24);
  expect(page.indexOf('>✗</span> row 39')).toBeLessThan(page.indexOf('>✗</span> row 38'));
  expect(page).toContain('16 more counterexamples are in the table of instances');
  expect(asked).toBe(24);
});

test('pictures end where the page would grow too large', () => {
  const material = materialOf({ witness: imageWitness });
  const allowance = { left: 500 };
  const counterexample = (id: string) => {
    const verdict = violated(-1, id);
    const { witness } = verdict.kind === 'violated' ? verdict : expect.fail('it is');
    return { id, instance: 'row 0', witness: { ...witness, finding: id } };
  };
  const cards = ['a', 'b', 'c'].map((id) => card(counterexample(id), material, undefined, allowance).text);
  expect(cards.map((text) => text.includes('<img'))).toEqual([true, false, false]);
  expect(cards[1]).toContain('Left out, so that this page stays small');
});

test('the policy has a mark where a property stands, to its end', () => {
  const report = reportOf([
    propertyOf(
      rows(2, () => tested(1)),
      { status: 'passed' },
    ),
  ]);
  const page = htmlReport.render(report, materialOf());
  expect(page).toContain(
    '<li class="passed"><code>  - <b>name</b>: small-changes</code> <a class="verdict passed" href="#p0">✓ passed: tested 50 %, needs 75 %</a></li><li class="passed"><code>    <b>kind</b>: robustness</code></li><li><code></code></li><li><code><i># the end</i></code></li>',
  );
  expect(htmlReport.render(report, bare)).not.toContain('id="policy"');
});

test('files, hashes and the command that checks again', () => {
  const text = textOf(reports.passing, bare);
  expect(text).toContain(`model mlp corpora/mlp.onnx ${'b'.repeat(64)}`);
  expect(text).toContain('marauder check specs/digits.policy.yaml --seed 7');
});

test('severity, floors, and what the baseline accepts: at the top, at the property, at the instance', () => {
  const instances: InstanceReport[] = [
    ...rows(2, () => tested(1)),
    { instance: 'row 7', verdict: violated(-1, 'f7'), accepted: { reason: 'until May' } },
  ];
  const property = propertyOf(instances, {
    severity: 'warning',
    share: { reached: 1, required: 1 },
    coverageFloors: [
      { criterion: 'neuron-coverage', required: 0.3, reached: 0.125 },
      { criterion: 'sign-patterns', required: 0.3, reached: 0.5 },
    ],
  });
  const stale = [{ property: 'small-changes', instance: 'row 1', why: 'not-violated' }] as const;
  const report = reportOf([property], {
    gate: 'passed',
    baseline: { file: 'known.json', accepted: 1, stale, strict: false },
  });
  const text = textOf(report);
  expect(text).toContain(
    'Passed 1 of 1 property does not hold as the policy asks: of severity "warning", which fails nothing.'.replaceAll(
      '"',
      '&quot;',
    ),
  );
  expect(text).toContain(
    '1 violation accepted by the baseline known.json does not count. 1 entry of the baseline accepts nothing any more: small-changes row 1 (no longer violated).',
  );
  const demands =
    'severity: warning tested: 100 %, needs 100 % ✗ coverage of neuron-coverage: 12.5 %, needs 30 % ✓ coverage of sign-patterns: 50 %, needs 30 %';
  expect(text.split(demands)).toHaveLength(3);
  expect(text).toContain('○ 2 tested ✗ 1 violated (1 accepted)');
  expect(text).toContain('Accepted by the baseline: until May. It does not count.');
  const page = htmlReport.render(report, bare);
  expect(page).toContain('class 3 instead of 8 (accepted by the baseline: until May)');
  expect(page).toContain('1 violated and accepted (33.3 %). Needed: 100 % of what is not accepted.');
});

test.each<[string, Partial<RunReport>, string]>([
  ['a part', { shard: { index: 2, count: 3 } }, 'Failed Part 2 of 3 of a run'],
  [
    'a strict baseline',
    {
      gate: 'failed',
      baseline: {
        ...{ file: 'b.json', accepted: 0, strict: true },
        stale: [{ property: 'small-changes', instance: 'row 1', why: 'no-property' }],
      },
    },
    'Failed The property holds as the policy asks. The baseline has stale entries, which --strict-baseline forbids.',
  ],
])('why the gate failed: %s', (_, changes, expected) => {
  const property = propertyOf(
    rows(2, () => tested(1)),
    { status: 'passed' },
  );
  expect(textOf(reportOf([property], { gate: 'failed', ...changes }), bare)).toContain(expected);
});

test('how far outputs can move, in numbers and as bars; of several models, which', () => {
  const outputs = [
    { index: 0, lower: -1, upper: 3, atRow: 1 },
    { index: 1, lower: null, upper: null, atRow: null },
  ];
  const bounds = { model: 'net', method: 'crown', size: 12, outputs } as const;
  const instances = [{ instance: 'row 4', verdict: proved(1), outputBounds: [bounds] }];
  const page = htmlReport.render(reportOf([propertyOf(instances)]), bare);
  expect(page).toContain(
    '<rect class="proved" x="0%" width="100%" y="3" height="7"/><line class="row" x1="50%"',
  );
  expect(textOf(reportOf([propertyOf(instances)]), bare)).toContain(
    'row 4 , proved: by backward linear bounds, 2 of 12 outputs Output Least Greatest At the row 0 -1 3 1 1 unknown unknown unknown',
  );
  const models = { models: ['net', 'other'] };
  expect(textOf(reportOf([propertyOf(instances, models)]), bare)).toContain('row 4 , proved, net: by');
});

test('a search tree: parts as wide as they have leaves, below what they are parts of', () => {
  const searchTree = {
    ...{ trees: 1, leaves: 4, depth: 2, otherSplits: 0 },
    splits: [{ split: 'x[3]', count: 2 }],
    nodes: [{ leaves: 4, split: 'x[3]', at: 0.5, parts: 1 }, { leaves: 1 }, { leaves: 3, split: 'relu[7]' }],
  };
  const instances = [{ instance: 'row 4', verdict: proved(1), subproblems: 9, searchTree }];
  const page = htmlReport.render(reportOf([propertyOf(instances)]), bare);
  expect(page).toContain('<summary><b>row 4</b>: 4 leaves, 2 splits deep</summary>');
  expect(page).toContain(
    '<rect class="part further" x="25%" y="18" width="75%" height="16"><title>relu[7] split at zero: 3 leaves</title></rect>',
  );
  // What contradicts itself is drawn as far as it goes.
  const cyclic = { ...searchTree, nodes: [{ leaves: 4, split: 'x[3]', parts: 0 }] };
  const odd = htmlReport.render(
    reportOf([propertyOf(instances.map((one) => ({ ...one, searchTree: cyclic })))]),
    bare,
  );
  expect(odd.match(/class="part /g)).toHaveLength(1);
});
