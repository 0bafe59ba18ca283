// The built program as users start it. Needs `npm run build`, which `npm test` does first.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { leastModel } from '../../src/program/least-model.js';

const bin = new URL('../../bin/marauder.js', import.meta.url).pathname;
const bundle = new URL('../../dist/bundle', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'marauder-e2e-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function marauder(line: string, env: NodeJS.ProcessEnv = {}) {
  const args = [bin, ...line.split(' ').filter((word) => word !== '')];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });
}

test('--help explains itself and exits with 0', () => {
  const { status, stdout, stderr } = marauder('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const word of ['neural network', 'check [policy]', 'inspect <model>', 'replay <findings..>', '130']) {
    expect(stdout).toContain(word);
  }
});

test('--help loads nothing heavy', () => {
  const coverage = join(scratch, 'coverage');
  marauder('--help', { NODE_V8_COVERAGE: coverage });
  const reports = readdirSync(coverage).map((file) => readFileSync(join(coverage, file), 'utf8'));
  const files = [...new Set(reports.join('').match(/[^"/]+\.cjs(?=")/g))].filter(
    (file) => file !== 'load.cjs',
  );
  const maps = files.map((file) => join(bundle, `${file}.map`)).filter((map) => existsSync(map));
  const sources = maps.map((map) => readFileSync(map, 'utf8')).join('');
  expect(sources).toContain('/yargs/');
  expect(reports.join('') + sources).not.toMatch(/node_modules\/(zod|onnxruntime|@bufbuild|yaml|pngjs)/);
});

test('--version prints the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(marauder('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('a thread of the bundle finds what it splits boxes with', () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { pathToFileURL } = require('node:url');
    const bundle = ${JSON.stringify(bundle)};
    const worker = new Worker(bundle + '/worker.cjs');
    const model = new Uint8Array(Buffer.from('${Buffer.from(leastModel).toString('base64')}', 'base64'));
    const given = {
      shape: { inputs: 1, outputs: 1, rows: 1, joined: [] },
      space: { packing: { inputs: 1, hidden: 0, forms: 0, rows: 1, length: 4 }, hidden: [], disjuncts: [], boxesPerCall: 2 },
      boxes: [],
    };
    const task = pathToFileURL(bundle + '/split-task.cjs').href;
    worker.on('message', ({ id, kind, message, results }) => {
      if (id === 1) console.log(kind, message, JSON.stringify(results));
      if (id === 1) process.exit();
      worker.postMessage({ kind: 'perform', id: 1, session: 'least', task, given });
    });
    worker.postMessage({ kind: 'open', id: 0, session: 'least', model, optimization: 'disabled', memory: 'kept' });`;
  const { stdout } = spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8', timeout: 20_000 });
  expect(stdout).toBe('done undefined []\n');
});

describe('compiled code of the bundle', () => {
  const loader = new URL('../../bin/load.cjs', import.meta.url).pathname;
  const script = `
    const { load, scripts } = require(${JSON.stringify(loader)});
    load('main.cjs').main(['--version']).then(() => {
      const refused = [...scripts.values()].map(({ cachedDataRejected }) => cachedDataRejected);
      // Files that are not used where the build compiles have no compiled code.
      console.log(refused.filter((known) => known !== undefined).join());
    });`;
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [...flags, '--eval', script], { encoding: 'utf8' }).stdout.split('\n');

  test('is taken by the V8 that compiled it, and refused by one with other flags, which compiles it again', () => {
    const [version, taken] = run();
    expect(taken).toMatch(/^false(,false)*$/);
    const [again, refused] = run('--no-lazy-feedback-allocation');
    expect(again).toBe(version);
    expect(refused).toMatch(/^true(,true)*$/);
  });
});

test.each([
  ['', 'no command given'],
  ['chekc', 'unknown command "chekc"; did you mean check?'],
  ['check --sed 3', 'unknown option --sed; did you mean --seed?'],
  ['check --seed -1', '--seed cannot be "-1"'],
  ['inspect', '<model> is missing'],
])('"marauder %s" exits with 2 and says why', (line, problem) => {
  const { status, stdout, stderr } = marauder(line);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr.split('\n')).toHaveLength(3);
});

describe('colour', () => {
  const red = '\u001b[31m';
  test.each([
    ['none in a pipe', {}, '', false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, '', true],
    ['NO_COLOR before FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, '', false],
    ['--no-color before FORCE_COLOR', { FORCE_COLOR: '1' }, '--no-color', false],
  ])('%s', (_name, env, flags, colored) => {
    expect(marauder(`check --sed ${flags}`, env).stderr.includes(red)).toBe(colored);
  });
});

test('a reader that leaves early is no error', async () => {
  const child = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
});

test('without a build it says how to make one', () => {
  mkdirSync(join(scratch, 'bin'));
  const copy = join(scratch, 'bin', 'marauder.cjs');
  copyFileSync(bin, copy);
  const { status, stderr } = spawnSync(process.execPath, [copy], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'marauder is not built: run "npm run build" first\n',
  });
});

test('nothing is kept or sent about the networks that it runs', () => {
  const home = join(scratch, 'home');
  mkdirSync(home);
  const model = new URL('../../corpora/digits-mlp.onnx', import.meta.url).pathname;
  const { status } = marauder(`inspect ${model}`, { HOME: home });
  expect({ status, kept: readdirSync(home) }).toEqual({ status: 0, kept: [] });
});
