// SARIF: valid by its own schema, within GitHub's limits, and the same problem the same in every run.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import type { Verdict } from '../../../src/findings/verdict.js';
import { limits, sarif, sarifText } from '../../../src/report/sarif.js';
import { reports } from '../../golden/reports.js';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../fixtures/sarif-2.1.0.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
// Draft 4 and 7 differ in the two keys only, as far as this schema goes.
const isValid = ajv.compile({ ...(schema as object), $schema: undefined, id: undefined });

type Result = {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: object; readonly region: object };
  }[];
};
type Run = {
  readonly results: readonly Result[];
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly object[] }[];
};
function runOf(report: RunReport, allowed = limits): Run {
  const log = JSON.parse(sarifText(report, allowed)) as { readonly runs: readonly [Run] };
  return log.runs[0];
}
const [first] = reports.failing.properties as readonly [PropertyReport, ...PropertyReport[]];
const violation = first.instances.find(({ verdict }) => verdict.kind === 'violated')?.verdict as Extract<
  Verdict,
  { kind: 'violated' }
>;

describe.each(Object.entries(reports))('%s', (_name, report) => {
  test('is valid SARIF 2.1.0', () => {
    isValid(JSON.parse(sarif.render(report)));
    expect(isValid.errors ?? []).toEqual([]);
  });

  test('has a rule for every property, and results of failed ones only', () => {
    const { results, tool } = runOf(report);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(report.properties.map(({ name }) => name));
    for (const { ruleId, ruleIndex, level } of results) {
      const property = report.properties[ruleIndex];
      expect(property).toMatchObject({ name: ruleId, status: 'failed', severity: level });
    }
  });
});

test('the schema would notice', () => {
  expect(isValid({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
});

test('one result for each instance that falls short, at the property in the policy', () => {
  const { results } = runOf(reports.failing);
  // 5 violated and 2 unknown; 6 not proved; and one instance each.
  expect(results).toHaveLength(7 + 6 + 3);
  expect(results[0]?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'specs/digits.policy.yaml', uriBaseId: '%SRCROOT%' },
    region: { startLine: 12, startColumn: 5 },
  });
});

test('fingerprints tell instances apart, and depend on neither lines nor seeds nor what was found', () => {
  const moved: RunReport = {
    ...reports.failing,
    seed: 99,
    properties: reports.failing.properties.map((property) => ({
      ...property,
      at: { ...property.at, line: 40, column: 1 },
      instances: property.instances.map(({ instance, verdict }) =>
        verdict.kind === 'violated'
          ? { instance, verdict: { kind: 'violated', witness: { ...verdict.witness, summary: 'other' } } }
          : { instance, verdict },
      ),
    })),
  };
  const prints = (report: RunReport) =>
    runOf(report).results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
  expect(prints(moved)).toEqual(prints(reports.failing));
  expect(new Set(prints(reports.failing)).size).toBe(prints(reports.failing).length);
  expect(runOf(moved).results[0]?.partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}:1$/);
});

test('of too many results the worst are kept, with a notice', () => {
  const total = 57;
  const instances = Array.from({ length: total }, (_, at) => ({
    instance: `row ${at}`,
    verdict: { ...violation, witness: { ...violation.witness, margin: -at, summary: `s${at}` } },
  }));
  const many = { ...reports.failing, properties: [{ ...first, instances }] };
  const { results, invocations } = runOf(many, { ...limits, results: 50, shown: 20 });
  expect(results).toHaveLength(50);
  expect(results[0]?.message.text).toContain(`s${total - 1}`);
  expect(results.at(-1)?.message.text).toContain('s7');
  expect(JSON.stringify(invocations[0]?.toolExecutionNotifications)).toMatch(
    /7 of 57 results left out.*GitHub shows 20 of 50/,
  );
});

test("GitHub's limits", () => {
  expect(limits).toEqual({ results: 25_000, shown: 5_000, gzipBytes: 10_485_760 });
});

test('results that do not compress are halved until they fit', () => {
  let state = 1;
  const noise = () =>
    Array.from({ length: 400 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return String.fromCharCode(0x4e00 + (state % 20_000));
    }).join('');
  const instances = Array.from({ length: 150 }, (_, at) => ({
    instance: `row ${at}`,
    verdict: { ...violation, witness: { ...violation.witness, summary: noise() } },
  }));
  const many = { ...reports.failing, properties: [{ ...first, instances }] };
  const { results, invocations } = runOf(many, { ...limits, gzipBytes: 100_000 });
  expect(results).toHaveLength(75);
  expect(JSON.stringify(invocations)).toContain('75 of 150 results left out');
  expect(gzipSync(sarifText(many, { ...limits, gzipBytes: 100_000 })).length).toBeLessThan(100_000);
});

test('paths become URIs', () => {
  const at = (file: string) =>
    runOf({ ...reports.failing, policy: { ...reports.failing.policy, file } }).results[0]?.locations[0]
      ?.physicalLocation.artifactLocation;
  expect(at('my nets/ü%.yaml')).toMatchObject({ uri: 'my%20nets/%C3%BC%25.yaml' });
  expect(at('/tmp nets/p.yaml')).toEqual({ uri: 'file:///tmp%20nets/p.yaml' });
  expect(at('sub\\p.yaml')).toMatchObject({ uri: 'sub/p.yaml' });
});
