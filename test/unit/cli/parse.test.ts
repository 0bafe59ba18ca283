import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/parse.js';

const parse = (line: string, columns?: number) =>
  parseCommandLine(line === '' ? [] : line.split(' '), columns);
/** What `NAME` and `NAME=FILE` ask for. */
const reports = (...targets: string[]) =>
  targets.map((target) => {
    const [reporter, ...file] = target.split('=');
    return { reporter, file: file.length === 0 ? undefined : file.join('=') };
  });
const defaults = {
  policy: undefined,
  seed: undefined,
  workers: availableParallelism(),
  reports: reports('text', 'json=marauder-report.json'),
  baseline: undefined,
  strictBaseline: false,
  outputDir: '.marauder',
  quiet: false,
  certifies: true,
  reuses: true,
  shard: undefined,
  printConfig: false,
};

test.each([
  ['check', {}],
  ['check p.yaml', { policy: 'p.yaml' }],
  ['check p.yaml --seed 0 --workers 3', { policy: 'p.yaml', seed: 0, workers: 3 }],
  ['--seed=7 check --report=-r.json', { seed: 7, reports: reports('text', 'json=-r.json') }],
  ['check --reporter text --reporter json=a', { reports: reports('text', 'json=a') }],
  ['check --reporter text=t', { reports: reports('text', 'json=marauder-report.json', 'text=t') }],
  ['check --reporter json --report a=b', { reports: reports('json=a=b', 'json') }],
  ['check --baseline b.json --strict-baseline', { baseline: 'b.json', strictBaseline: true }],
  ['check --quiet p.yaml --output-dir out', { policy: 'p.yaml', quiet: true, outputDir: 'out' }],
  ['--no-color --debug check', {}],
  ['check --shard 2/3 --print-config', { shard: { index: 2, count: 3 }, printConfig: true }],
  ['check -- -p.yaml', { policy: './-p.yaml' }],
  ['check 1e3', { policy: '1e3' }],
])('%s', async (line, options) => {
  expect(await parse(line)).toEqual({ command: 'check', options: { ...defaults, ...options } });
});

test.each(['0/3', '4/3', '1', '1/0', '1/3/5', 'a/b', '1/99999'])('check --shard %s', async (text) => {
  await expect(parse(`check --shard ${text}`)).rejects.toThrow(`--shard cannot be "${text}"`);
});

describe('init', () => {
  const initDefaults = {
    model: 'm.onnx',
    data: undefined,
    inputs: undefined,
    labels: undefined,
    scale: undefined,
    output: 'marauder.policy.yaml',
    force: false,
    workers: availableParallelism(),
  };

  test.each([
    ['m.onnx', {}],
    ['m.onnx x.npz --force', { data: 'x.npz', force: true }],
    [
      'm.onnx x.csv --inputs a,b --labels c --scale 1/4',
      { data: 'x.csv', inputs: ['a', 'b'], labels: 'c', scale: 0.25 },
    ],
    ['m.onnx --stdout', { output: undefined }],
    ['m.onnx --output p.yaml', { output: 'p.yaml' }],
  ])('%s', async (line, options) => {
    expect(await parse(`init ${line}`)).toEqual({
      command: 'init',
      options: { ...initDefaults, ...options },
    });
  });

  test.each([
    ['init', '<model> [data] is missing'],
    ['init m.onnx --scale 2', '--scale goes with DATA'],
    ['init m.onnx x.npy --scale 0', '--scale cannot be "0"'],
    ['init m.onnx --stdout --output p', '--stdout and --output exclude each other'],
  ])('%s', async (line, message) => {
    await expect(parse(line)).rejects.toThrow(message);
  });
});

test('operators, completion and merge-reports', async () => {
  expect(await parse('operators --json')).toEqual({ command: 'operators', options: { json: true } });
  expect(await parse('completion zsh')).toEqual({ command: 'completion', options: { shell: 'zsh' } });
  await expect(parse('completion fish')).rejects.toThrow('no completion for "fish"');
  expect(await parse('merge-reports a.json b.json --output c.json')).toMatchObject({
    command: 'merge-reports',
    options: {
      parts: ['a.json', 'b.json'],
      reports: [{ reporter: 'text' }, { reporter: 'json', file: 'c.json' }],
    },
  });
});

test('inspect and replay', async () => {
  expect(await parse('inspect m.onnx --json')).toEqual({
    command: 'inspect',
    options: { model: 'm.onnx', json: true, allNodes: false },
  });
  expect(await parse('replay findings/a 007')).toEqual({
    command: 'replay',
    options: { findings: ['findings/a', '007'], json: false },
  });
});

test('baseline and explain', async () => {
  const options = { policy: undefined, report: 'marauder-report.json', output: undefined, reason: undefined };
  expect(await parse('baseline')).toEqual({ command: 'baseline', options });
  expect(await parse('baseline p.yaml --report r --output b --reason known')).toEqual({
    command: 'baseline',
    options: { policy: 'p.yaml', report: 'r', output: 'b', reason: 'known' },
  });
  expect(await parse('explain')).toEqual({ command: 'explain', options: { code: undefined } });
  expect(await parse('explain USAGE')).toEqual({ command: 'explain', options: { code: 'USAGE' } });
});

test('minimize, merge and distill', async () => {
  expect(await parse('minimize f/a f/b')).toEqual({
    command: 'minimize',
    options: { findings: ['f/a', 'f/b'], norm: 'linf', seconds: 10, output: undefined },
  });
  expect(await parse('minimize f --norm l0 --time 2m --output g')).toEqual({
    command: 'minimize',
    options: { findings: ['f'], norm: 'l0', seconds: 120, output: 'g' },
  });
  expect(await parse('merge a b.npz --output c')).toEqual({
    command: 'merge',
    options: { corpora: ['a', 'b.npz'], output: 'c' },
  });
  expect(await parse('distill a --model m.onnx --criteria x,y --output c --workers 3')).toEqual({
    command: 'distill',
    options: { corpus: 'a', model: 'm.onnx', criteria: 'x,y', output: 'c', workers: 3 },
  });
});

describe('bounds', () => {
  const rowDefaults = {
    kind: 'rows',
    file: 'x.npy',
    inputs: undefined,
    labels: undefined,
    scale: 1,
    rows: undefined,
    linfEpsilon: 0.1,
    clip: undefined,
  };
  const boundsDefaults = {
    model: 'm.onnx',
    method: 'crown',
    arithmetic: 'deployed',
    memoryBytes: 2 ** 31,
    workers: availableParallelism(),
    json: false,
  };
  const rows = 'bounds m.onnx --data x.npy --linf 0.1';

  test.each([
    ['', {}],
    ['--row 7', { rows: { from: 7, to: 8 } }],
    ['--rows 5', { rows: { from: 0, to: 5 } }],
    ['--rows 2:10', { rows: { from: 2, to: 10 } }],
    ['--clip -1:1', { clip: [-1, 1] }],
    ['--clip=-1e-3:.5', { clip: [-0.001, 0.5] }],
    ['--scale 1/255', { scale: 1 / 255 }],
    ['--inputs a,b --labels c --scale 0.5', { inputs: ['a', 'b'], labels: 'c', scale: 0.5 }],
  ])('rows %s', async (more, region) => {
    const line = more === '' ? rows : `${rows} ${more}`;
    expect(await parse(line)).toEqual({
      command: 'bounds',
      options: { ...boundsDefaults, region: { ...rowDefaults, ...region } },
    });
  });

  test.each([
    ['--box 0:1', [0, 1], {}],
    ['--box -1:1', [-1, 1], {}],
    ['--box -.5:-.25', [-0.5, -0.25], {}],
    ['--box 3:3 --json --method ibp', [3, 3], { json: true, method: 'ibp' }],
    ['--box 0:1 --arithmetic real --workers 3', [0, 1], { arithmetic: 'real', workers: 3 }],
    ['--box 0:1 --memory 1.5GiB', [0, 1], { memoryBytes: 1.5 * 2 ** 30 }],
    ['--box 0:1 --memory 64MB', [0, 1], { memoryBytes: 64e6 }],
  ])('%s', async (line, range, options) => {
    expect(await parse(`bounds m.onnx ${line}`)).toEqual({
      command: 'bounds',
      options: { ...boundsDefaults, region: { kind: 'box', range }, ...options },
    });
  });

  test.each([
    ['bounds', '<model> is missing'],
    ['bounds m.onnx', 'which inputs?'],
    ['bounds m.onnx --linf 0.1', 'which inputs?'],
    ['bounds m.onnx --data x.npy', '--linf is missing'],
    ['bounds m.onnx --data x.npy --box 0:1', '--data and --box exclude each other'],
    ['bounds m.onnx --box 0:1 --linf 0.1', '--linf goes with --data, not with --box'],
    ['bounds m.onnx --box 0:1 --rows 3', '--rows goes with --data, not with --box'],
    ['bounds m.onnx --box 1:0', '--box cannot be "1:0"'],
    ['bounds m.onnx --box 0', '--box cannot be "0"'],
    ['bounds m.onnx --box 0:inf', '--box cannot be "0:inf"'],
    ['bounds m.onnx --box 0:1e39', '--box cannot be "0:1e39"'],
    ['bounds m.onnx --box --json', '--box needs a value'],
    [`${rows} --clip 0x1:2`, '--clip cannot be "0x1:2"'],
    [`${rows} --row 1 --rows 2`, '--row and --rows exclude each other'],
    [`${rows} --row -1`, '--row cannot be "-1"'],
    [`${rows} --rows 0`, '--rows cannot be "0"'],
    [`${rows} --rows 3:3`, '--rows cannot be "3:3"'],
    [`${rows} --rows 5:3`, '--rows cannot be "5:3"'],
    [`${rows} --rows -3:3`, '--rows cannot be "-3:3"'],
    [`${rows} --rows 3:`, '--rows cannot be "3:"'],
    [`${rows} --scale 0`, '--scale cannot be "0"'],
    [`${rows} --scale -1`, '--scale cannot be "-1"'],
    [`${rows} --method alpha`, '--method cannot be "alpha"'],
    [`${rows} --arithmetic float64`, '--arithmetic cannot be "float64"'],
    [`${rows} --memory 2`, '--memory cannot be "2"'],
    [`${rows} --memory 1KiB`, '--memory cannot be "1KiB"'],
    [`${rows} --workers 0`, '--workers cannot be "0"'],
    ['bounds m.onnx --data x.npy --linf -1', '--linf cannot be "-1"'],
    ['bounds m.onnx --data x.npy --linf 8/0', '--linf cannot be "8/0"'],
    ['bounds m.onnx --data x.npy --linf 8/255/2', '--linf cannot be "8/255/2"'],
  ])('%s', async (line, problem) => {
    await expect(parse(line)).rejects.toMatchObject({
      code: 'USAGE',
      message: `marauder bounds: ${problem}`,
    });
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
    ['check --reporter jsn', 'marauder check: --reporter cannot be "jsn"; did you mean "json"?'],
    ['check --reporter json=', 'marauder check: --reporter json= names no file'],
    ['check --reporter text --reporter json', 'marauder check: text and json both go to standard output'],
    ['check --reporter text=./a --report a', 'marauder check: json and text both go to ./a'],
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
    ['minimize f --norm l3', 'marauder minimize: --norm cannot be "l3"'],
    ['minimize f --time soon', 'marauder minimize: --time cannot be "soon"'],
    ['merge a b', 'marauder merge: --output is missing'],
    ['distill a', 'marauder distill: --output is missing'],
    ['distill a b --output c', 'marauder distill: unexpected argument "b"'],
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

test('verify-proof', async () => {
  const options = {
    certificate: 'c',
    model: 'm.onnx',
    property: undefined,
    engines: ['typescript', 'onnxruntime'],
    json: false,
  };
  expect(await parse('verify-proof c --model m.onnx')).toEqual({ command: 'verify-proof', options });
  expect(await parse('verify-proof c --model m.onnx --property p --engine typescript --json')).toEqual({
    command: 'verify-proof',
    options: { ...options, property: 'p', engines: ['typescript'], json: true },
  });
});

describe('prove', () => {
  const proveDefaults = {
    model: 'm.onnx',
    networks: [],
    property: 'p.vnnlib',
    timeoutSeconds: undefined,
    memoryBytes: 4 * 2 ** 30,
    seed: 1,
    arithmetic: 'deployed',
    workers: availableParallelism(),
    json: false,
    vnncomp: undefined,
    explainStrategy: false,
    certificate: undefined,
    certifies: true,
    outputDir: '.marauder',
  };

  test.each([
    ['prove m.onnx p.vnnlib', {}],
    ['prove m.onnx p.vnnlib --certificate p.cert', { certificate: 'p.cert' }],
    ['prove m.onnx p.vnnlib --no-certify', { certifies: false }],
    ['prove m.onnx p.vnnlib --vnncomp r --certificate c', { vnncomp: 'r', certificate: 'c' }],
    [
      'prove --timeout 2m m.onnx --memory=1GiB p.vnnlib --seed 0',
      { timeoutSeconds: 120, memoryBytes: 2 ** 30, seed: 0 },
    ],
    ['--no-color prove m.onnx p.vnnlib --json --explain-strategy', { json: true, explainStrategy: true }],
    [
      'prove m.onnx p.vnnlib --vnncomp r.txt --arithmetic real --workers 3',
      { vnncomp: 'r.txt', certifies: false, arithmetic: 'real', workers: 3 },
    ],
    ['prove --output-dir o -- -m.onnx p.vnnlib', { outputDir: 'o', model: '-m.onnx' }],
    [
      'prove --network f=a.onnx p.vnnlib --network g=b=c.onnx --seed 2',
      {
        model: undefined,
        seed: 2,
        networks: [
          { name: 'f', file: 'a.onnx' },
          { name: 'g', file: 'b=c.onnx' },
        ],
      },
    ],
    ['prove p.vnnlib --network=f=a.onnx', { model: undefined, networks: [{ name: 'f', file: 'a.onnx' }] }],
  ])('%s', async (line, options) => {
    expect(await parse(line)).toEqual({ command: 'prove', options: { ...proveDefaults, ...options } });
  });

  test.each([
    'prove',
    'prove m.onnx',
    'prove m.onnx p.vnnlib more',
    'prove m.onnx p.vnnlib --seed 1 --seed 2',
    'prove m.onnx p.vnnlib --linf 0.1',
    'prove m.onnx p.vnnlib --timeout',
    'prove m.onnx p.vnnlib --json=maybe',
    'prove --network f=a.onnx',
    'prove --network f=a.onnx m.onnx p.vnnlib',
    'prove --network a.onnx p.vnnlib',
    'prove --network f= p.vnnlib',
    'prove --network f=a.onnx --network f=b.onnx p.vnnlib',
    'prove p.vnnlib --network',
  ])('%s is refused', async (line) => {
    await expect(parse(line)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('its help names every option', async () => {
    const { text = '' } = (await parse('prove --help')) as { text?: string };
    for (const option of [
      'network NAME=MODEL --network NAME=MODEL .. PROPERTY',
      'network f=a.onnx --network g=b.onnx p.vnnlib',
      'timeout',
      'memory',
      'seed',
      'arithmetic',
      'workers',
      'json',
      'vnncomp',
      'explain-strategy',
      'output-dir',
    ])
      expect(text).toContain(`--${option}`);
    expect(text).toContain('130');
  });
});
