import { describe, expect, test } from 'vitest';
import { createStyle } from '../../../../src/cli/color.js';
import { type LiveText, liveText } from '../../../../src/cli/fuzz/live-text.js';
import { createSession } from '../../../../src/cli/fuzz/session.js';
import { cut, widthOf } from '../../../../src/cli/screen.js';
import { asciiLevels, blocks } from '../../../../src/report/sparkline.js';
import { plain } from '../../../../src/report/style.js';
import { foundAt, sessionOf } from './sessions.js';

const settings = {
  style: plain,
  glyphs: blocks,
  columns: 80,
  now: 25_000,
  leftMs: 35_400,
  executions: undefined,
  seed: 7,
  runsBefore: 0,
} satisfies LiveText;

const linesOf = (session = sessionOf(25), changes: Partial<LiveText> = {}): string[] =>
  liveText(session, { ...settings, ...changes });

const findings = [foundAt('row 3', -0.5), foundAt('row 9', -2.375), foundAt('row 4', null, 'finite')];

test('before the first batch', () => {
  expect(linesOf(createSession('digits', 'a claim', 20_000))).toEqual([
    'digits  5 s, 35 s left  seed 7',
    '           compiling',
  ]);
});

test('on 80 columns, all of it', () => {
  expect(linesOf(sessionOf(25, findings))).toMatchInlineSnapshot(`
    [
      "digits  25 s, 35 s left  seed 7",
      "speed      1.00k/s     █████████████████████████████  25,000 executions",
      "corpus     12          ▁▁▁▁▁▁▁▁▁▁▁▃▅▅▅▅▅▅▅▅▅▅▅██████  new 5 s ago",
      "findings   3           ▁▅███████████████████████████  3 clusters, last 24 s ago",
      "           2 robustness · 1 finite",
      "clearest   row 9: class 5 instead of class 9, margin -2.375",
      "           .marauder/findings/robustness/row-9-0123abcd",
      "coverage   12 kept     ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  activation-distance",
      "           30.3 %      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  neuron-coverage",
      "stages     gradient of robustness   10 %  50 new, one in 2",
      "           noise                    90 %  9 new, one in 100",
      "           fog                       0 %  nothing new",
    ]
  `);
});

test('without findings', () => {
  expect(linesOf()).toContain('findings   none');
});

test('a run that is counted in executions, and goes on', () => {
  const lines = linesOf(sessionOf(25), { leftMs: undefined, executions: 1_000_000, runsBefore: 2 });
  expect(lines[0]).toBe('digits  25 s  seed 7 · resumed, run 3');
  expect(lines[1]).toMatch(/ {2}25,000 of 1,000,000$/);
});

test('an objective of its own line only where there are several', () => {
  expect(linesOf(sessionOf(25, findings)).join('\n')).toContain('2 robustness · 1 finite');
  expect(linesOf(sessionOf(25, findings.slice(0, 2))).join('\n')).not.toContain('2 robustness');
});

describe.each([40, 60, 80, 160])('on %d columns', (columns) => {
  const session = sessionOf(25, findings);

  test.each([
    ['plain', plain],
    ['in colour', createStyle(true)],
  ])('%s, no line is longer than the terminal and none says NaN', (_, style) => {
    for (const line of linesOf(session, { columns, style })) {
      expect(widthOf(cut(line, columns - 1))).toBeLessThan(columns);
      expect(line).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test('what is cut is never a number that is watched', () => {
    const lines = linesOf(session, { columns });
    const cutLines = lines.filter((line) => cut(line, columns - 1) !== line);
    for (const value of ['1.00k/s', '12 ', '3 ', '12 kept', '30.3 %'])
      expect(
        lines.some((line) =>
          cut(line, columns - 1)
            .slice(11)
            .startsWith(value),
        ),
      ).toBe(true);
    if (columns >= 80) expect(cutLines).toEqual([]);
  });

  test('values, curves and words stand below each other', () => {
    const rows = linesOf(session, { columns }).filter((line) =>
      /^(speed|corpus|findings|coverage)/.test(line),
    );
    expect(new Set(rows.map((line) => line.search(/[^ ]/)))).toEqual(new Set([0]));
    expect(new Set(rows.map((line) => line.slice(11).search(/[^ ]/)))).toEqual(new Set([0]));
    const starts = rows.map((line) => line.search(/1,000|25,000|new|3 clusters|activation/));
    expect(starts.every((start) => start > 0)).toBe(true);
  });
});

test('curves are as long as there is room, and missing where there is none', () => {
  const curveOf = (columns: number) => linesOf(sessionOf(100), { columns })[2]?.replace(/[^▁-█]/g, '').length;
  expect([40, 58, 59, 80, 100, 160].map(curveOf)).toEqual([0, 0, 8, 29, 40, 40]);
});

test('ASCII where the terminal has nothing else', () => {
  const lines = linesOf(sessionOf(25), { glyphs: asciiLevels });
  expect(lines.join('\n')).not.toMatch(/[▁-█]/);
  expect(lines[2]).toMatch(/_+.*#/);
});

test('the stages that brought most come first', () => {
  const names = linesOf(sessionOf(25)).slice(-3);
  expect(names[0]).toMatch(/^stages {5}gradient of robustness {2} +10 % {2}50 new, one in 2$/);
  expect(names[1]).toMatch(/^ {11}noise .* 90 % {2}9 new, one in 100$/);
  expect(names[2]).toMatch(/fog .* 0 % {2}nothing new$/);
});
