import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/parse.js';

const parse = (line: string, columns?: number) =>
  parseCommandLine(line === '' ? [] : line.split(' '), columns);
const defaults = {
  policy: undefined,
  seed: undefined,
  workers: availableParallelism(),
  report: 'marauder-report.json',
  outputDir: '.marauder',
  quiet: false,
};

test.each([
  ['check', {}],
  ['check p.yaml', { policy: 'p.yaml' }],
  ['check p.yaml --seed 0 --workers 3', { policy: 'p.yaml', seed: 0, workers: 3 }],
  ['--seed=7 check --report=-r.json', { seed: 7, report: '-r.json' }],
  ['check --quiet p.yaml --output-dir out', { policy: 'p.yaml', quiet: true, outputDir: 'out' }],
  ['--no-color --debug check', {}],
  ['check -- -p.yaml', { policy: './-p.yaml' }],
  ['check 1e3', { policy: '1e3' }],
])('%s', async (line, options) => {
  expect(await parse(line)).toEqual({ command: 'check', options: { ...defaults, ...options } });
});

test('inspect and replay', async () => {
  expect(await parse('inspect m.onnx --json')).toEqual({
    command: 'inspect',
    options: { model: 'm.onnx', json: true, allNodes: false },
  });
  expect(await parse('replay findings/a 007')).toEqual({
    command: 'replay',
    options: { findings: ['findings/a', '007'] },
  });
});

describe('usage errors', () => {
  test.each([
    ['', 'marauder: no command given'],
    ['chekc', 'marauder: unknown command "chekc"; did you mean check?'],
    ['chekc --seed 3', 'marauder: unknown command "chekc"; did you mean check?'],
    ['frobnicate', 'marauder: unknown command "frobnicate"'],
    ['--sed', 'marauder: unknown option --sed'],
    ['check --sed 3', 'marauder check: unknown option --sed; did you mean --seed?'],
    ['check --outputDir x', 'marauder check: unknown option --outputDir; did you mean --output-dir?'],
    ['check -q', 'marauder check: unknown option -q'],
    ['check --json', 'marauder check: unknown option --json'],
    ['check --policy x', 'marauder check: unknown option --policy'],
    ['check --no-quiet', 'marauder check: unknown option --no-quiet'],
    ['check --constructor 3', 'marauder check: unknown option --constructor'],
    ['check --__proto__ 3', 'marauder check: unknown option --__proto__'],
    ['check a b', 'marauder check: unexpected argument "b"'],
    ['check --seed', 'marauder check: --seed needs a value'],
    ['check --report --quiet', 'marauder check: --report needs a value'],
    ['check --report=', 'marauder check: --report needs a value'],
    ['check --seed 1 --seed 1', 'marauder check: --seed is given twice'],
    ['check --quiet=maybe', 'marauder check: --quiet takes no value'],
    ['check --help=false', 'marauder check: --help takes no value'],
    ['check --seed -1', 'marauder check: --seed cannot be "-1"'],
    ['check --seed NaN', 'marauder check: --seed cannot be "NaN"'],
    ['check --seed 1e3', 'marauder check: --seed cannot be "1e3"'],
    ['check --seed 1.5', 'marauder check: --seed cannot be "1.5"'],
    ['check --seed 9007199254740993', 'marauder check: --seed cannot be "9007199254740993"'],
    ['check --workers 0', 'marauder check: --workers cannot be "0"'],
    ['check --workers 1025', 'marauder check: --workers cannot be "1025"'],
    ['inspect', 'marauder inspect: <model> is missing'],
    ['inspect --jsn m', 'marauder inspect: unknown option --jsn; did you mean --json?'],
    ['replay --quiet', 'marauder replay: unknown option --quiet'],
    ['replay', 'marauder replay: <findings..> is missing'],
  ])('%s', async (line, message) => {
    await expect(parse(line)).rejects.toMatchObject({ code: 'USAGE', message });
  });

  test('a policy without a command', async () => {
    await expect(parse('nets.policy.yaml')).rejects.toMatchObject({
      details: { hint: 'run "marauder check nets.policy.yaml"' },
    });
  });
});

describe('help', () => {
  test.each(['--help', '-h', 'help', 'check --help', 'inspect --sed -h', 'replay --help'])(
    '%s',
    async (line) => {
      const invocation = await parse(line, 60);
      const text = invocation.command === 'print' ? invocation.text : '';
      expect(text).toMatch(/^(Marauder maps|marauder (check|inspect|replay) )/);
      const own = text.split('\n').filter((row) => !row.startsWith(' ') && !row.includes('exit'));
      expect(own.length).toBeGreaterThan(0);
    },
  );

  test('version', async () => {
    expect(await parse('check --version')).toEqual({
      command: 'print',
      text: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
