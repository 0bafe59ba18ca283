// Keys that say what passes: read, and refused where they make no sense, by the policy or by what knows the criteria.
import { describe, expect, test } from 'vitest';
import { requireFloors } from '../../../src/cli/check/floors.js';
import { defaultFuzzing } from '../../../src/cli/check/fuzzing.js';
import type { Subject } from '../../../src/cli/check/subject.js';
import { criterionKinds, hasTotal } from '../../../src/fuzz/coverage/index.js';
import type { CriterionKind } from '../../../src/fuzz/coverage/options.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { failureOf } from './helpers.js';

const policy = (keys: string, expects = 'tested') =>
  parsePolicy(
    `version: 1
models: { m: m.onnx }
inputs: { range: [0, 1] }
properties:
  - name: p
    kind: finite
    model: m
    expect: ${expects}
    ${keys}
`,
    'p.yaml',
  );

test('they are read', () => {
  const read = policy(`severity: warning
    unknownPasses: true
    coverage:
      neuron-coverage: 0.3
      "k-multisection:sections=100": 0`);
  expect(read.properties[0]).toMatchObject({
    severity: 'warning',
    unknownPasses: true,
    coverageFloors: [
      { criterion: 'neuron-coverage', required: 0.3, at: { file: 'p.yaml', line: 12, column: 7 } },
      { criterion: 'k-multisection:sections=100', required: 0, at: { line: 13, column: 7 } },
    ],
  });
  expect(() => requireFloors(read)).not.toThrow();
});

test.each([
  ['severity: info', 'tested', 'p.yaml:9:15', 'severity: expected one of'],
  ['unknownPasses: "yes"', 'tested', 'p.yaml:9:20', 'unknownPasses: expected boolean'],
  ['coverage: { neuron-coverage: 1.5 }', 'tested', 'p.yaml:9:34', 'neuron-coverage: expected at most 1'],
  ['coverage: { neuron-coverage: 0.5 }', 'proved', 'p.yaml:9:15', 'nothing is fuzzed'],
])('%s, %s', async (keys, expects, where, words) => {
  const failure = await failureOf(() => policy(keys, expects));
  expect(failure).toMatchObject({ code: 'INVALID_POLICY', where });
  expect(failure.problem).toContain(words);
});

describe('floors', () => {
  test.each([
    ['neuron-covrage', 'no criterion "neuron-covrage"'],
    ['activation-distance', 'has no total'],
    ['top-k-patterns:k=3', 'has no total'],
    ['k-multisection:sections=0', 'sections cannot be "0"'],
    ['k-multisection:sections=1000', 'is called "k-multisection" in reports'],
    ['constructor', 'no criterion "constructor"'],
  ])('%s cannot be demanded', async (criterion, words) => {
    const failure = await failureOf(() => requireFloors(policy(`coverage: { "${criterion}": 0.1 }`)));
    expect(failure).toMatchObject({ code: 'INVALID_POLICY', where: 'p.yaml:9:17' });
    expect(failure.problem).toContain(words);
  });

  test('a criterion that is demanded is watched, once', () => {
    const [property] = policy('coverage: { sign-patterns: 0.1, neuron-coverage: 0.1 }').properties;
    const { criteria } = defaultFuzzing({ models: [], property } as unknown as Subject);
    expect(criteria.map(({ name }) => name)).toEqual([
      'activation-distance',
      'neuron-coverage',
      'sign-patterns',
    ]);
  });

  const criteria = Object.entries<CriterionKind>(criterionKinds);
  test.each(criteria)('%s has a total or has none, as its summary says', (name, { create }) => {
    let state = 1;
    const noise = () =>
      Float32Array.from({ length: 512 }, () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      });
    const start = { seeds: noise(), mutants: noise(), width: 8 };
    expect(create({}).createState(start).summary().covered === null).toBe(!hasTotal(name));
  });
});
