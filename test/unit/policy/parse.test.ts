import { describe, expect, test } from 'vitest';
import { propertyKinds } from '../../../src/findings/kinds.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { list } from '../../../src/policy/suggest.js';
import { failureOf } from './helpers.js';
import { sample } from './sample.js';

const parse = (text: string) => parsePolicy(text, '/work/specs/p.yaml');

/** What passes where the policy does not say. */
const strict = { severity: 'error', unknownPasses: false, coverageFloors: [] };

describe('a policy that uses every key', () => {
  const policy = parse(sample);

  test('resolves paths against the folder of the policy and knows where they stand', () => {
    expect(policy.models.get('robust')).toEqual({
      name: 'robust',
      file: '/work/corpora/digits-mlp-robust.onnx',
      at: { file: '/work/specs/p.yaml', line: 5, column: 11 },
    });
    expect(policy.models.get('cnn')?.file).toBe('/work/corpora/digits-cnn.onnx');
    expect(policy.data.get('test')).toEqual({
      name: 'test',
      file: '/work/corpora/digits.npz',
      at: { file: '/work/specs/p.yaml', line: 12, column: 11 },
      inputs: ['test_images'],
      labels: 'test_labels',
      scale: 0.0625,
    });
    expect(policy.data.get('table')).toMatchObject({
      file: '/work/specs/table.csv',
      inputs: ['a', 'b'],
      scale: 1,
    });
  });

  test('gives each property its own values, the common budget and the defaults', () => {
    expect(policy.seed).toBe(2026);
    expect(policy.inputs).toEqual({ ranges: [[0, 1]] });
    expect(policy.properties.map(({ at, ...property }) => property)).toEqual([
      {
        name: 'robust-digits',
        kind: 'robustness',
        model: 'robust',
        around: { data: 'test', rows: { from: 0, to: 100 } },
        ball: { norm: 'linf', epsilon: 0.05 },
        demand: { kind: 'wins', rank: 1 },
        class: 'label',
        expect: 'proved',
        share: 0.75,
        ...strict,
        unchecked: 'unsupported',
        budget: { executions: 5000, seconds: 7.5 },
      },
      {
        name: 'finite-anywhere',
        kind: 'finite',
        model: 'cnn',
        around: undefined,
        linfEpsilon: undefined,
        expect: 'tested',
        share: 1,
        ...strict,
        unchecked: 'unsupported',
        budget: { executions: 9000, seconds: 7.5 },
      },
      {
        name: 'quantised-agrees',
        kind: 'agreement',
        models: ['cnn', 'quantised'],
        around: { data: 'test', rows: { from: 10, to: 20 } },
        linfEpsilon: 0.02,
        expect: 'tested',
        share: 1,
        ...strict,
        unchecked: 'forbidden',
        budget: { executions: 9000, seconds: 7.5 },
      },
    ]);
    expect(policy.properties[1]?.at).toEqual({ file: '/work/specs/p.yaml', line: 29, column: 5 });
  });
});

test('JSON is read too, and defaults are filled in', () => {
  const property = { name: 'f', kind: 'finite', model: 'm', expect: 'proved' };
  const policy = {
    version: 1,
    models: { m: 'm.onnx' },
    inputs: {
      ranges: [
        [0, 1],
        [2, 3],
      ],
    },
    properties: [property],
  };
  const read = parse(JSON.stringify({ $schema: './policy.schema.json', ...policy }, null, '\t'));
  expect(read.seed).toBe(1);
  expect(read.data.size).toBe(0);
  expect(read.inputs.ranges).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(read.properties[0]).toMatchObject({ share: 1, budget: { executions: 20_000, seconds: 20 } });
});

test('bounds become float32', () => {
  const { inputs } = parse(sample.replace('[0, 1]', '[0.1, 0.2]'));
  expect(inputs.ranges).toEqual([[Math.fround(0.1), Math.fround(0.2)]]);
});

test('anchors and aliases may stand for values', () => {
  const text = sample.replace('range: [0, 1]', 'range: &unit [0, 1]').replace('seed: 2026', 'seed: &s 3');
  expect(parse(text.replace('rows: 100', 'rows: *s')).properties[0]).toMatchObject({
    around: { rows: { to: 3 } },
  });
});

/** What is changed in the sample -> where the error stands, and what it says. */
const mistakes: Record<string, [from: string, to: string, place: string, text: string]> = {
  'unknown key': [
    'expect: proved',
    'expct: proved',
    '26:5',
    'unknown key "expct" in properties[0]; did you mean "expect"?',
  ],
  'unknown key at the top': ['seed:', 'sede:', '3:1', 'unknown key "sede"; did you mean "seed"?'],
  'unknown key of a model': [
    '{ file: ../corpora/digits-cnn',
    '{ path: a, file: x',
    '6:10',
    'unknown key "path" in models.cnn; known keys: "file"',
  ],
  'key of another kind': [
    'model: cnn',
    'models: cnn',
    '31:5',
    'unknown key "models" in properties[1]; did you mean "model"?',
  ],
  'unknown verdict': [
    'expect: proved',
    'expect: prooved',
    '26:13',
    'expected one of "proved", "tested", found "prooved"; did you mean "proved"?',
  ],
  'unknown kind': ['kind: finite', 'kind: finit', '30:11', 'found "finit"; did you mean "finite"?'],
  'missing kind': [
    '    kind: finite\n',
    '',
    '29:5',
    'missing key "kind" in properties[1]; expected one of "robustness", "finite"',
  ],
  'missing version': ['version: 1\n', '', '2:1', 'missing key "version"; expected 1'],
  'newer version': ['version: 1', 'version: 2', '2:10', 'version: expected 1, found 2'],
  'text for a number': [
    'share: 0.75',
    'share: most',
    '27:12',
    'share: expected a finite number, found "most"',
  ],
  'nothing for a number': [
    'share: 0.75',
    'share:',
    '27:11',
    'share: expected a finite number, found nothing',
  ],
  'share above 1': ['share: 0.75', 'share: 75', '27:12', 'share: expected at most 1, found 75'],
  'share below 0': ['share: 0.75', 'share: -1', '27:12', 'share: expected at least 0, found -1'],
  'negative epsilon': [
    'linfEpsilon: 0.05',
    'linfEpsilon: -0.05',
    '24:18',
    'linfEpsilon: expected at least 0, found -0.05',
  ],
  'epsilon not a number': [
    'linfEpsilon: 0.05',
    'linfEpsilon: .nan',
    '24:18',
    'linfEpsilon: expected a finite number, found NaN',
  ],
  'infinite bound': [
    'range: [0, 1]',
    'range: [0, .inf]',
    '9:14',
    'inputs.range[1]: expected a finite number, found Infinity',
  ],
  'bound beyond float32': [
    'range: [0, 1]',
    'range: [0, 1e39]',
    '9:14',
    'inputs.range[1]: expected at most 3.40',
  ],
  'bounds reversed': [
    'range: [0, 1]',
    'range: [1, 0]',
    '9:10',
    'the lower bound 1 exceeds the upper 0; write [0, 1]',
  ],
  'bounds of one element reversed': [
    'range: [0, 1]',
    'ranges: [[0, 1], [3, 2]]',
    '9:20',
    'the lower bound 3 exceeds the upper 2',
  ],
  'three bounds': [
    'range: [0, 1]',
    'range: [0, 1, 2]',
    '9:10',
    'inputs.range: expected at most 2 items, found a list of 3',
  ],
  'two kinds of range': [
    'range: [0, 1]',
    'range: [0, 1]\n  ranges: [[0, 1]]',
    '9:3',
    'expected one of "range" and "ranges", found both',
  ],
  'no range': ['range: [0, 1]', '{}', '9:3', 'expected one of "range" and "ranges", found neither'],
  'fraction of a row': ['rows: 100', 'rows: 1.5', '23:11', 'rows: expected a whole number'],
  'no rows': ['rows: 100', 'rows: 0', '23:11', 'rows: expected at least 1, found 0'],
  'rows reversed': ['[10, 20]', '[20, 10]', '37:11', 'rows: [20, 10] holds no row'],
  'rows as text': ['rows: 100', 'rows: all', '23:11', 'found "all"'],
  'unknown model': [
    'model: robust',
    'model: robus',
    '21:12',
    'no model is named "robus"; did you mean "robust"?',
  ],
  'unknown model in a pair': [
    '[cnn, quantised]',
    '[cnn, quantized8]',
    '35:19',
    'no model is named "quantized8"; did you mean "quantised"?',
  ],
  'unknown data': [
    'data: test\n    rows: 100',
    'data: train',
    '22:11',
    'no data set is named "train"; the policy has: "test", "table"',
  ],
  'a name of every object': [
    'model: robust',
    'model: constructor',
    '21:12',
    'no model is named "constructor"',
  ],
  'data of every object': [
    'data: test\n    rows: 100',
    'data: toString',
    '22:11',
    'no data set is named "toString"',
  ],
  'duplicate property': [
    'finite-anywhere',
    'robust-digits',
    '29:11',
    'two properties are named "robust-digits"',
  ],
  'agreement with itself': ['[cnn, quantised]', '[cnn, cnn]', '35:13', 'one and the same model'],
  'agreement of one file': ['digits-cnn-int8', './digits-cnn', '35:13', 'one and the same model'],
  'one model to agree': [
    '[cnn, quantised]',
    '[cnn]',
    '35:13',
    'models: expected at least 2 items, found a list of 1',
  ],
  'labels that are not there': [
    '    labels: test_labels\n',
    '',
    '24:12',
    'class: label, but the data set "test" has no "labels"',
  ],
  'rows without data': ['model: cnn', 'model: cnn\n    rows: 3', '32:11', 'rows needs "data"'],
  'epsilon without data': [
    'model: cnn',
    'model: cnn\n    linfEpsilon: 3',
    '32:18',
    'linfEpsilon needs "data"',
  ],
  'name with a space': [
    'robust: ..',
    'rob ust: ..',
    '5:3',
    'expected a name (letters, digits, ".", "_", "-", at most 100, the first a letter or digit), found "rob ust"',
  ],
  'no executions': [
    'executions: 9000',
    'executions: 0',
    '17:23',
    'budget.executions: expected at least 1, found 0',
  ],
  'no time': ['seconds: 7.5', 'seconds: 0', '17:38', 'budget.seconds: expected more than 0, found 0'],
  'empty path': [
    '../corpora/digits-cnn-int8.onnx',
    '""',
    '7:14',
    'models.quantised: expected at least 1 characters, found ""',
  ],
  'number for a path': [
    '../corpora/digits-cnn-int8.onnx',
    '7',
    '7:14',
    'models.quantised: expected text or a mapping, found 7',
  ],
  tab: ['  robust: ..', '\trobust: ..', '5:1', 'a tab as indentation'],
  'duplicate key': ['seed: 2026', 'version: 1', '3:1', 'duplicate key "version"; line 2 has it already'],
  'unclosed quote': ['name: finite-anywhere', 'name: "finite', '29:11', 'not valid YAML'],
  'unknown tag': ['seed: 2026', 'seed: !int 3', '3:7', 'Unresolved tag: !int'],
  'alias without an anchor': ['seed: 2026', 'seed: *that', '3:7', 'Unresolved alias'],
  'second document': ['properties:', '---\nproperties:', '18:1', 'a second document begins here'],
  prototype: ['seed: 2026', '__proto__: { version: 1 }', '3:1', 'the key "__proto__" is not allowed'],
};

test.each(Object.entries(mistakes))('%s', async (_, [from, to, place, text]) => {
  const broken = sample.replace(from, to);
  expect(broken).not.toBe(sample);
  const failure = await failureOf(() => parsePolicy(broken, 'p.yaml'));
  expect(failure.code).toBe('INVALID_POLICY');
  expect(failure.problem).toContain(text);
  expect(failure.where).toBe(`p.yaml:${place}`);
  expect(failure.hint).not.toBe('');
});

/** Ten levels of ten aliases each: 10 GB if anybody expands them. */
const bomb = Array.from(
  { length: 10 },
  (_, level) =>
    `a${level}: &a${level} [${Array(10)
      .fill(level === 0 ? 'x' : `*a${level - 1}`)
      .join(', ')}]`,
).join('\n');

const whole: Record<string, [text: string, place: string, problem: string]> = {
  empty: ['', '1:1', 'the policy is empty'],
  'only a comment': ['# todo\n', '1:1', 'the policy is empty'],
  list: ['- version: 1\n', '1:1', 'a policy is a mapping, not a list of 1'],
  word: ['hello', '1:1', 'a policy is a mapping, not "hello"'],
  'deep flow nesting': ['['.repeat(100_000), '1:51', 'nested more than 50 levels deep'],
  'deep block nesting': ['- '.repeat(100_000), '1:', 'nested more than 50 levels deep'],
  'alias bomb': [bomb, '2:', 'Excessive alias count'],
  'binary file': ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', '1:1', 'a policy is a mapping'],
};

test.each(Object.entries(whole))('the whole file: %s', async (_, [text, place, problem]) => {
  const failure = await failureOf(() => parsePolicy(text, 'p.yaml'));
  expect(failure.where).toContain(`p.yaml:${place}`);
  expect(failure.problem).toContain(problem);
});

test('an alias to itself does not recurse for ever', async () => {
  const failure = await failureOf(() => parsePolicy('version: 1\nmodels: &m { a: *m }\n', 'p.yaml'));
  expect((failure.others ?? []).map(({ problem }) => problem)).toContainEqual(
    expect.stringContaining('models.a'),
  );
});

test('lists all problems in the order of the file, each with its place', async () => {
  const broken = sample
    .replace('seed: 2026', 'seed: -1')
    .replace('rows: 100', 'row: 100')
    .replace('kind: finite', 'kind: x');
  const { others = [], ...first } = await failureOf(() => parsePolicy(broken, 'p.yaml'));
  expect([first, ...others].map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
    'p.yaml:3:7: seed: expected at least 0, found -1',
    'p.yaml:23:5: unknown key "row" in properties[0]; did you mean "rows"?',
    `p.yaml:30:11: properties[1].kind: expected one of ${list(propertyKinds)}, found "x"`,
  ]);
});

test('the hint explains the key', async () => {
  const { hint } = await failureOf(() => parsePolicy(sample.replace('rows: 100', 'rows: 0'), 'p.yaml'));
  expect(hint).toContain('rows: n for the first n rows');
});

test('a hint is given once, and so many problems that nobody reads them are counted', async () => {
  const keys = Array.from({ length: 25 }, (_, at) => `zz${at}: 1`).join('\n');
  const {
    others = [],
    omitted,
    ...first
  } = await failureOf(() => parsePolicy(`${sample}\n${keys}\n`, 'p.yaml'));
  const all = [first, ...others];
  expect([all.length, omitted]).toEqual([20, 5]);
  const hints = all.flatMap(({ hint }) => hint ?? []);
  expect(new Set(hints).size).toBe(hints.length);
});
