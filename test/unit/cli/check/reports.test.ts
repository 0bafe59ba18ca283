// Where reports go: files, standard output, and what is left where one of them fails.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  assertReportsWritable,
  printReport,
  type ReportTarget,
  readerOf,
  reportFiles,
  writeReports,
} from '../../../../src/cli/check/reports.js';
import { createStyle } from '../../../../src/cli/color.js';
import type { Io } from '../../../../src/cli/options.js';
import { reporters } from '../../../../src/report/index.js';
import { bare } from '../../../../src/report/material.js';
import { plain, type Style } from '../../../../src/report/style.js';
import { reports } from '../../../golden/reports.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-reports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const targets: ReportTarget[] = [
  { reporter: 'json', file: 'missing/a.json' },
  { reporter: 'text', file: 'a.txt' },
  { reporter: 'text', file: undefined },
];
const report = reports.failing;
const material = (style: Style) => ({ ...bare, style });
const io = (): Io => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const style = createStyle(true);
  return { stdout, stderr, style, errorStyle: plain, cwd: folder, env: {}, clock: () => 0, signal };
};
const printed = ({ stdout }: Io): string => String((stdout as PassThrough).read() ?? '');

test('files get plain text, in folders that are made for them', () => {
  writeReports(report, material, targets, folder);
  expect(readFileSync(join(folder, 'missing/a.json'), 'utf8')).toBe(reporters.json.render(report));
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe(reporters.text.render(report, bare));
  expect(reportFiles(targets)).toEqual(['missing/a.json', 'a.txt']);
});

test('a report that fails does not keep the others from being written', () => {
  const broken = { ...report, seed: Number.NaN };
  expect(() => writeReports(broken, material, targets, folder)).toThrow(/"seed" is NaN/);
  expect(readdirSync(folder)).toEqual(['a.txt']);
});

test('what cannot be written is refused before the run', () => {
  const below = { reporter: 'json', file: 'a.txt/b.json' } as const;
  expect(() => assertReportsWritable([...targets, below], folder)).not.toThrow();
  writeReports(report, material, targets, folder);
  expect(() => assertReportsWritable([...targets, below], folder)).toThrow(
    expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
  );
});

test('people read on standard output, or on standard error where another report has the former', () => {
  const world = io();
  expect(readerOf(targets, world)).toEqual({ stream: world.stdout, style: world.style });
  printReport(report, material, targets, world);
  expect(printed(world)).toBe('');
  const json = [{ reporter: 'json', file: undefined } as const];
  expect(readerOf(json, world)).toEqual({ stream: world.stderr, style: plain });
  printReport(report, material, json, world);
  expect(printed(world)).toBe(reporters.json.render(report));
});
