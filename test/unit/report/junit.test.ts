// JUnit XML: valid by Jenkins' schema, whatever the names and messages are made of.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import { junit } from '../../../src/report/junit.js';
import { attributes, textOf } from '../../../src/report/xml.js';
import { reports } from '../../golden/reports.js';

const schema = readFileSync(new URL('../../fixtures/junit.xsd', import.meta.url), 'utf8');
const problemsOf = async (report: RunReport) => {
  const { errors } = await validateXML({
    xml: { fileName: 'report.xml', contents: junit.render(report) },
    schema: { fileName: 'junit.xsd', contents: schema },
  });
  return errors.map(({ message }) => message);
};
const [first] = reports.failing.properties as readonly [PropertyReport, ...PropertyReport[]];
const hostile = '\u0000\u001b[31m <&>"\' ]]> \ud800 \ufffe \r\n\t 🙂';

describe('the schema', () => {
  // All at once: an instance of xmllint takes its time to start.
  const properties = Object.values(reports).flatMap((report) => [...report.properties]);
  const named = properties.map((property, at) => ({ ...property, name: `${property.name} ${at}` }));

  test('accepts every kind of property', async () => {
    const all = { ...reports.gate, interrupted: true, properties: named };
    expect(await problemsOf(all)).toEqual([]);
    expect(await problemsOf(reports.empty)).toEqual([]);
  });

  test('accepts whatever names and messages are made of', async () => {
    const properties = [
      {
        ...first,
        name: hostile,
        claim: hostile,
        instances: first.instances.map(({ verdict }) => ({
          instance: hostile,
          verdict:
            verdict.kind === 'violated'
              ? { ...verdict, witness: { ...verdict.witness, summary: hostile, finding: hostile } }
              : verdict,
        })),
      },
    ];
    expect(await problemsOf({ ...reports.failing, properties })).toEqual([]);
  });

  test('would notice', async () => {
    const { errors } = await validateXML({
      xml: { fileName: 'report.xml', contents: '<testsuites><testsuite name="a"/></testsuites>' },
      schema: { fileName: 'junit.xsd', contents: schema },
    });
    expect(errors.map(({ message }) => message).join()).toContain("'tests' is required");
  });
});

test('a failure for each instance that falls short; what does not fail the gate is skipped, and says why', () => {
  const failing = junit.render(reports.failing);
  expect(failing.match(/<failure /g)).toHaveLength(16);
  expect(failing).toContain(' tests="32" failures="16" errors="0"');
  const gate = junit.render(reports.gate);
  expect(gate).toContain('<skipped>accepted by the baseline: known since spring; violated: ');
  expect(gate).toContain('<skipped>unknown, which the policy lets pass: lower bound');
  expect(gate).toContain('<skipped>warning: row 1: class 3 instead of 8');
  expect(gate).toContain(
    '<failure type="coverage" message="coverage: neuron-coverage reached 84.2 %, needs 90 %">',
  );
  expect(gate).toContain('<testcase name="2 stale entries in the baseline: ');
  expect(junit.render(reports.passing)).not.toContain('<failure');
});

test('violations within the share are no failures', () => {
  const properties = [{ ...first, status: 'passed' as const }];
  const text = junit.render({ ...reports.failing, properties });
  expect(text).not.toContain('<failure');
  expect(text.match(/<skipped>within the policy's share; /g)).toHaveLength(7);
});

test('escapes', () => {
  expect(textOf('a<b>&"\n\r\u0007')).toBe('a&lt;b&gt;&amp;"\n&#13;\ufffd');
  expect(attributes({ a: 'x"<\n\t', n: 1 })).toBe(' a="x&quot;&lt;&#10;&#9;" n="1"');
});
