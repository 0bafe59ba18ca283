// What passes: an independent count over random reports, and the cases that are easily got wrong.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withAccepted } from '../../../src/findings/baseline.js';
import { gateOf, judged } from '../../../src/findings/gate.js';
import type { InstanceReport, PropertyReport } from '../../../src/findings/report.js';
import type { Verdict } from '../../../src/findings/verdict.js';
import { reports } from '../../golden/reports.js';
import { propertyOf, proved, unknown, violated } from '../../helpers/html-reports.js';

const samples = Object.values(reports).flatMap((report) => [...report.properties]);
const sample = samples[0] as PropertyReport;
const verdicts = Object.fromEntries(
  samples.flatMap(({ instances }) => instances).map(({ verdict }) => [verdict.kind, verdict]),
) as Record<Verdict['kind'], Verdict>;
const of = (kind: Verdict['kind'], accepted = false): InstanceReport => ({
  instance: kind,
  verdict: verdicts[kind],
  ...(accepted && { accepted: { reason: null } }),
});
const property = (changes: Partial<PropertyReport>): PropertyReport => ({ ...sample, ...changes });
const required = (least: number) => ({ reached: Number.NaN, required: least });

const strength = { violated: 0, unknown: 1, tested: 2, proved: 3 } as const;

test('a property passes where enough of the instances that count are good enough', () => {
  const kinds = fc.constantFrom(...(Object.keys(strength) as (keyof typeof strength)[]));
  const drawn = fc.record({
    instances: fc.array(fc.record({ kind: kinds, accepted: fc.boolean() }), { minLength: 1, maxLength: 12 }),
    expect: fc.constantFrom('proved', 'tested'),
    unknownPasses: fc.boolean(),
    share: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
  });
  fc.assert(
    fc.property(drawn, ({ instances, expect: expected, unknownPasses, share }) => {
      let [good, bad] = [0, 0];
      for (const { kind, accepted } of instances) {
        if (kind === 'violated' && accepted) continue;
        const isGood = strength[kind] >= strength[expected] || (kind === 'unknown' && unknownPasses);
        if (isGood) good++;
        else bad++;
      }
      const result = judged(
        property({
          expect: expected,
          unknownPasses,
          share: required(share),
          coverageFloors: [],
          instances: instances.map(({ kind, accepted }) => of(kind, accepted && kind === 'violated')),
        }),
      );
      expect(result.status).toBe(bad === 0 || good >= share * (good + bad) ? 'passed' : 'failed');
    }),
    { seed: 7, numRuns: 500 },
  );
});

describe('judged', () => {
  const status = (changes: Partial<PropertyReport>) =>
    judged(property({ share: required(1), coverageFloors: [], ...changes })).status;
  const floor = { criterion: 'c', required: 0.5 };

  test.each<[string, Partial<PropertyReport>, string]>([
    ['no instances', { instances: [] }, 'failed'],
    ['no instances, no share needed', { instances: [], share: required(0) }, 'failed'],
    ['all accepted', { instances: [of('violated', true)] }, 'passed'],
    ['unknown', { instances: [of('unknown')] }, 'failed'],
    ['unknown that passes', { instances: [of('unknown')], unknownPasses: true }, 'passed'],
    ['violated where unknown passes', { instances: [of('violated')], unknownPasses: true }, 'failed'],
    [
      'a floor reached',
      { instances: [of('proved')], coverageFloors: [{ ...floor, reached: 0.5 }] },
      'passed',
    ],
    [
      'a floor missed',
      { instances: [of('proved')], coverageFloors: [{ ...floor, reached: 0.49 }] },
      'failed',
    ],
    ['never fuzzed', { instances: [of('proved')], coverageFloors: [{ ...floor, reached: null }] }, 'failed'],
    [
      'never fuzzed, a floor of 0',
      { instances: [of('proved')], coverageFloors: [{ criterion: 'c', required: 0, reached: null }] },
      'failed',
    ],
  ])('%s: %o', (_, changes, expected) => expect(status(changes)).toBe(expected));
});

describe('gateOf', () => {
  const passing = property({ status: 'passed' });
  const failing = property({ status: 'failed' });
  const warning = property({ status: 'failed', severity: 'warning' });
  const stale = [{ property: 'p', instance: 'row 0', why: 'not-violated' } as const];
  const baseline = { file: 'b.json', accepted: 0, stale, strict: false };

  test.each([
    ['all passed', { properties: [passing], interrupted: false, baseline: null }, 'passed'],
    ['a warning', { properties: [passing, warning], interrupted: false, baseline: null }, 'passed'],
    ['a failure', { properties: [passing, failing], interrupted: false, baseline: null }, 'failed'],
    ['interrupted', { properties: [passing], interrupted: true, baseline: null }, 'failed'],
    ['stale entries', { properties: [passing], interrupted: false, baseline }, 'passed'],
    [
      'stale entries, strict',
      { properties: [passing], interrupted: false, baseline: { ...baseline, strict: true } },
      'failed',
    ],
    [
      'strict without stale entries',
      { properties: [passing], interrupted: false, baseline: { ...baseline, strict: true, stale: [] } },
      'passed',
    ],
  ] as const)('%s', (_, run, expected) => expect(gateOf(run)).toBe(expected));
});

describe('what a property asks besides its rows', () => {
  const rows = (good: number, bad: number): InstanceReport[] => [
    ...Array.from({ length: good }, (_, at) => ({ instance: `row ${at}`, verdict: proved(1) })),
    ...Array.from({ length: bad }, (_, at) => ({ instance: `row ${good + at}`, verdict: violated(-1, 'f') })),
  ];
  const regression = (instances: readonly InstanceReport[], required: number) =>
    judged(propertyOf(instances, { kind: 'regression', share: { reached: 0, required } }));
  const besides = (verdict: InstanceReport['verdict']): InstanceReport => ({
    ...{ instance: 'proved share', verdict, required: true },
  });

  test('has to hold, however many rows do, also once the baseline accepts rows', () => {
    const instances = [...rows(9, 1), besides(unknown('fell'))];
    expect(regression(instances, 0.5)).toMatchObject({ status: 'failed', share: { reached: 0.9 } });
    const property = regression(instances, 1);
    const entry = { property: property.name, instance: 'row 9', models: ['net.onnx'] };
    expect(withAccepted(property, ['net.onnx'], [entry])).toMatchObject({
      status: 'failed',
      share: { reached: 1 },
    });
    const held = regression([...rows(9, 1), besides(proved(null))], 1);
    expect(withAccepted(held, ['net.onnx'], [entry])).toMatchObject({ status: 'passed' });
    expect(regression([besides(proved(null))], 0)).toMatchObject({ status: 'failed' });
  });

  test('the share of a regression is computed as its limit is', () => {
    for (let lost = 0; lost <= 10; lost++)
      expect(regression(rows(10 - lost, lost), 1 - lost / 10).status).toBe('passed');
    expect(regression(rows(8, 2), 1 - 0.1).status).toBe('failed');
  });
});
