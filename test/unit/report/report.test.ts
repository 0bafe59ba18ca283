// What no golden file shows: rules that hold for every report.
import { expect, test } from 'vitest';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import { reporters } from '../../../src/report/index.js';
import { bare } from '../../../src/report/material.js';
import { reports } from '../../golden/reports.js';

const [property] = reports.failing.properties;
const withProperty = (changes: Partial<PropertyReport>): RunReport => ({
  ...reports.failing,
  properties: property === undefined ? [] : [{ ...property, ...changes }],
});

test('an unknown verdict is never marked as passed, even where the gate would say so', () => {
  const text = reporters.text.render(reports.interrupted, bare);
  expect(text).toContain('✗ cnn');
  expect(reporters.text.render({ ...reports.interrupted, gate: 'passed' }, bare)).toMatch(/Gate {2}failed/);
});

test('a property without inputs says so', () => {
  expect(reporters.text.render(withProperty({ instances: [] }), bare)).toContain('no inputs to check');
});

test('JSON has null for a margin that is not a number, and refuses other such numbers', () => {
  const verdict = { kind: 'tested', executions: 3, smallestMargin: Number.NaN } as const;
  const report = withProperty({ instances: [{ instance: 'row 0', verdict }] });
  expect(JSON.parse(reporters.json.render(report))).toMatchObject({
    properties: [{ instances: [{ verdict: { smallestMargin: null } }] }],
  });
  expect(() => reporters.json.render({ ...report, seed: Number.NaN })).toThrow(/"seed" is NaN/);
});

test('every report ends with one line break', () => {
  for (const reporter of Object.values(reporters))
    expect(reporter.render(reports.passing, bare)).toMatch(/[^\n]\n$/);
});
