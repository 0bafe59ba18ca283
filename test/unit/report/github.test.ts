// Workflow commands: escaped as the runner unescapes them, no more than are shown.
import { expect, test } from 'vitest';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import { github } from '../../../src/report/github.js';
import { reports } from '../../golden/reports.js';

const [first] = reports.failing.properties as readonly [PropertyReport, ...PropertyReport[]];
const linesOf = (report: RunReport) => github.render(report).trimEnd().split('\n');
const only = (property: PropertyReport): RunReport => ({ ...reports.failing, properties: [property] });

/** As the runner reads a command: https://github.com/actions/toolkit, core/src/command.ts has the other direction. */
function parsed(line: string) {
  const [, level, place = '', message = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line) ?? [];
  const plain = (text: string) =>
    text.replace(/%(0D|0A|3A|2C|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const properties = place.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), plain(pair.slice(at + 1))];
  });
  return { level, ...Object.fromEntries(properties), message: plain(message) };
}

test('what is escaped is read back', () => {
  const at = { file: 'a,b:c%2C.yaml', line: 3, column: 7 };
  const [, instance] = first.instances.filter(({ verdict }) => verdict.kind === 'violated');
  const [line = '', ...more] = linesOf(
    only({ ...first, at, claim: '100 %, sure: yes', instances: instance ? [instance] : [] }),
  );
  expect(more).toEqual([]);
  expect(parsed(line)).toEqual({
    level: 'error',
    file: 'a,b:c%2C.yaml',
    line: '3',
    col: '7',
    title: 'cnn-robust: 100 %, sure: yes',
    message:
      "row 14: class 3 instead of 8 (found by fuzzing after 1,204 executions)\nmarauder replay 'findings/it is row 14'",
  });
});

test('ten of each level at most, the last for the rest', () => {
  const instances = Array.from({ length: 4 }, () => first.instances).flat();
  const properties = [
    { ...first, instances },
    { ...first, instances, severity: 'warning' as const },
  ];
  const lines = linesOf({ ...reports.failing, properties });
  const of = (level: string) => lines.filter((line) => line.startsWith(`::${level} `));
  expect([of('error').length, of('warning').length, lines.length]).toEqual([10, 10, 20]);
  expect(of('error').at(-1)).toContain('and 19 more');
});

test('a run that passes says so; one that was interrupted does not', () => {
  expect(linesOf(reports.passing)).toEqual(['::notice title=Marauder::gate passed: 4 properties']);
  expect(linesOf(reports.empty)).toEqual(['::error title=Marauder::interrupted: this report is partial']);
});
