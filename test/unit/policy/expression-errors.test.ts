// Mistakes in the expressions of a policy: line and column inside of the YAML text, and the line with a caret.
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../src/policy/parse.js';
import { failureOf } from './helpers.js';

const policy = (assertion: string, more = '') => `version: 1
models:
  acas: { file: a.onnx, outputs: [clear of conflict, weak left, coc] }
inputs: { range: [0, 1], names: [distance, "own speed"] }
properties:
  - name: p
    kind: assert
    model: acas
    expect: tested
${more}    assert: ${assertion}
`;

const failure = (assertion: string, more = '') =>
  failureOf(() => parsePolicy(policy(assertion, more), 'p.yaml'));

describe('the place of a mistake', () => {
  test.each<[string, string, string, string]>([
    ['plain', 'argmax(y) != cocc', 'p.yaml:10:26', 'cocc'],
    ['double quotes', '"argmax(y) != cocc"', 'p.yaml:10:27', 'cocc'],
    ['escaped', '"argmax(y) != \\"clear of conflct\\""', 'p.yaml:10:28', '"clear of conflct'],
    ['single quotes', "'argmax(y) != ''coc ''and 1'", 'p.yaml:10:28', "'coc ''and"],
    ['folded', '>-\n      argmax(y) != coc\n      and  distanc > 1', 'p.yaml:12:12', 'distanc'],
    ['literal', '|\n      argmax(y) != coc and\n        distanc > 1', 'p.yaml:12:9', 'distanc'],
    ['over lines', 'argmax(y) != coc\n      and distanc > 1', 'p.yaml:11:11', 'distanc'],
    ['unicode', '"y[0] > \\u0031 and distanc > 1"', 'p.yaml:10:13', '"y[0]'],
  ])('%s', async (_, assertion, where, from) => {
    const { code, where: at, excerpt } = await failure(assertion);
    expect([code, at]).toEqual(['INVALID_POLICY', where]);
    expect(excerpt?.line.slice(excerpt.at).startsWith(from)).toBe(true);
  });
});

describe('what is wrong', () => {
  test.each<[string, RegExp, RegExp]>([
    ['argmax(y) == "weak lef"', /no class is named "weak lef"/, /did you mean "weak left"/],
    ['argmax(y) == distance', /"distance" is an input, and no class/, /known are "clear of conflict"/],
    ['argmax(y) == y[0]', /class is compared with a number/, /name of one/],
    ['distanse > 1', /"distanse" means nothing/, /did you mean "distance"/],
    ['"own sped" > 1', /no input or output is named/, /did you mean "own speed"/],
    ['label == 1', /"label" is of a row/, /"linfEpsilon"/],
    ['x["coc"] > 1', /no input or output is named "coc"/, /known are "distance"/],
    ['distance + 1', /this is a number, which is neither true nor false/, /compare it/],
  ])('%s', async (assertion, problem, hint) => {
    const found = await failure(`'${assertion}'`);
    expect(found.problem).toMatch(problem);
    expect(found.problem).toMatch(/^assert: /);
    expect(found.hint).toMatch(hint);
  });

  test('assumptions are about inputs', async () => {
    const found = await failure('distance > 0', '    assume: distance > 0 and coc > 1\n');
    expect(found).toMatchObject({ where: 'p.yaml:10:30', problem: expect.stringMatching(/about inputs/) });
    const member = await failure('distance > 0', '    assume: argmax(x) in top(1)\n');
    expect(member).toMatchObject({ where: 'p.yaml:10:23' });
  });

  test('names are unique', async () => {
    const text = policy('distance > 0').replace('weak left', 'coc');
    const found = await failureOf(() => parsePolicy(text, 'p.yaml'));
    expect(found).toMatchObject({ where: 'p.yaml:3:59', problem: expect.stringMatching(/two elements/) });
  });

  test('a name of both an input and an output is neither', async () => {
    const text = policy('distance > 0').replace('weak left', 'distance');
    const found = await failureOf(() => parsePolicy(text, 'p.yaml'));
    expect(found).toMatchObject({ hint: 'write x[0] or y[1]' });
  });
});

const range = (keys: string) => `version: 1
models: { m: { file: a.onnx, outputs: [up, down] } }
inputs: { range: [0, 1] }
properties:
  - { name: p, kind: range, model: m, expect: tested, ${keys} }
`;

test.each<[string, RegExp]>([
  ['outputs: [up]', /neither "lower" nor "upper"/],
  ['lower: 2, upper: 1', /exceeds the upper/],
  ['lower: 2, outputs: [upp]', /no output is named "upp"; did you mean "up"/],
  ['lower: 2, linfEpsilon: 1', /needs "data"/],
])('range with %s', async (keys, problem) => {
  const found = await failureOf(() => parsePolicy(range(keys), 'p.yaml'));
  expect(found).toMatchObject({ code: 'INVALID_POLICY', problem: expect.stringMatching(problem) });
});
