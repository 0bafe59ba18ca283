import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/user-error.js';
import { coverageCriteria, criterionKinds } from '../../../../src/fuzz/coverage/index.js';
import { parseCriteria, parseCriterion } from '../../../../src/fuzz/coverage/parse.js';

test('every criterion has a kind, and its name is its key', () => {
  expect(Object.keys(coverageCriteria).sort()).toEqual(Object.keys(criterionKinds).sort());
  for (const [name, criterion] of Object.entries(coverageCriteria)) {
    expect(criterion.name).toBe(name);
    expect(parseCriterion(name).name).toBe(name);
  }
});

test('options that are not the default are part of the name', () => {
  expect(parseCriterion('k-multisection:sections=100').name).toBe('k-multisection:sections=100');
  expect(parseCriterion(' k-multisection:sections=1000 ').name).toBe('k-multisection');
});

test('lists: what follows a criterion with options may be another option of it; names count once', () => {
  const text = 'distance-surprise:buckets=5,upper=2,neuron-coverage,top-k-neurons:k=3,neuron-coverage';
  expect(parseCriteria(text).map(({ name }) => name)).toEqual([
    'distance-surprise:buckets=5,upper=2',
    'neuron-coverage',
    'top-k-neurons:k=3',
  ]);
});

describe('refused', () => {
  test.each([
    ['nothing', '', 'activation-distance'],
    ['a slip', 'neuron-coverag', 'did you mean "neuron-coverage"?'],
    ['a name of Object', 'constructor', 'layer-covariance'],
    ['an unknown option', 'top-k-neurons:n=3', 'it has "k"'],
    ['an option of one without', 'sign-patterns:k=3', 'no options'],
    ['no number', 'top-k-neurons:k=three', 'a whole number from 1 to 1000'],
    ['a fraction', 'top-k-neurons:k=1.5', 'a whole number from 1 to 1000'],
    ['too small', 'k-multisection:sections=0', 'from 1 to 10000'],
    ['no value', 'k-multisection:sections', 'from 1 to 10000'],
    ['infinity', 'activation-distance:threshold=1e999', 'from 0'],
  ])('%s', (_name, text, hint) => {
    try {
      parseCriterion(text);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect([error.code, error.details.hint]).toEqual(['USAGE', expect.stringContaining(hint)]);
      return;
    }
    expect.unreachable();
  });
});
