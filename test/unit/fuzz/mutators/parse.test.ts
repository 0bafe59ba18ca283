// Names of mutators as users give them.
import { expect, test } from 'vitest';
import { UserError } from '../../../../src/base/user-error.js';
import {
  defaultMutators,
  mutatorNames,
  mutators,
  parseMutators,
} from '../../../../src/fuzz/mutators/index.js';
import { domain } from './run.js';

const problemOf = (text: string): UserError => {
  try {
    parseMutators(text);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error(`${text} was taken`);
};

test('names separated by commas, in their order, each once', () => {
  expect(parseMutators('blur')).toEqual([mutators.blur]);
  expect(parseMutators(' shift, noise,shift')).toEqual([mutators.shift, mutators.noise]);
  expect(parseMutators(mutatorNames.join())).toEqual([...defaultMutators]);
});

test('an unknown name is answered with the nearest and with all', () => {
  const { code, details } = problemOf('noise,rotatoin');
  expect([code, details.where]).toEqual(['USAGE', '--mutators']);
  expect(details.problem).toContain('"rotatoin"');
  expect(details.hint).toContain('did you mean "rotation"?');
  for (const name of mutatorNames) expect(details.hint).toContain(name);
});

test.each(['', ',', 'noise,', 'constructor', 'Noise'])('%j is refused', (text) => {
  expect(problemOf(text).code).toBe('USAGE');
});

test('by default all that apply: half of them to a table', () => {
  const names = (shape: readonly number[]) =>
    defaultMutators.flatMap((create) => create(domain(shape), 1)?.name ?? []);
  expect(names([3, 8, 8])).toEqual(mutatorNames.filter((name) => name !== 'tabular-step'));
  expect(names([12])).toEqual([
    'noise',
    'gaussian-noise',
    'sparse-noise',
    'patch-noise',
    'tabular-step',
    'splice',
    'crossover',
    'blend',
    'dictionary',
    'corners',
  ]);
});
