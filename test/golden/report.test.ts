// What the reporters print, kept as files: a change of wording shows up in review. Update with `npx vitest run -u`.
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../src/cli/color.js';
import { gateOf, judged } from '../../src/findings/gate.js';
import { parseReport } from '../../src/findings/schema.js';
import { reporters } from '../../src/report/index.js';
import { bare } from '../../src/report/material.js';
import { reports } from './reports.js';

describe.each(Object.entries(reports))('%s report', (name, report) => {
  test('as text', async () => {
    await expect(reporters.text.render(report, bare)).toMatchFileSnapshot(`report/${name}.txt`);
  });

  test('as text in colour', async () => {
    const text = reporters.text.render(report, { ...bare, style: createStyle(true) });
    await expect(text.replaceAll('\u001b', '␛')).toMatchFileSnapshot(`report/${name}.color.txt`);
  });

  test.each([
    ['sarif', 'sarif'],
    ['junit', 'xml'],
    ['markdown', 'md'],
    ['github', 'github.txt'],
  ] as const)('as %s', async (reporter, extension) => {
    const text = reporters[reporter].render(report);
    await expect(text).toMatchFileSnapshot(`report/${name}.${extension}`);
  });

  test('its properties are judged as the gate judges them', () => {
    for (const property of report.properties) expect(judged(property).status).toBe(property.status);
    expect(gateOf(report)).toBe(report.gate);
  });

  test('as JSON, which the schema accepts', async () => {
    const text = reporters.json.render(report);
    await expect(text).toMatchFileSnapshot(`report/${name}.json`);
    expect(parseReport(JSON.parse(text), `${name}.json`)).toEqual(report);
  });
});
