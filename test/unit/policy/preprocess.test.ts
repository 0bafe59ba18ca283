import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../src/policy/parse.js';
import { failureOf } from './helpers.js';
import { sample } from './sample.js';

/** The sample with these steps in front of one model, on line 6. */
const policyWith = (steps: string) =>
  sample.replace('digits-cnn.onnx }', `digits-cnn.onnx, preprocess: ${steps} }`);
const parse = (steps: string) => parsePolicy(policyWith(steps), 'p.yaml').models.get('cnn')?.preprocess;

test('steps are read with their place', () => {
  expect(parse('{ scale: 0.5, mean: [1, 2, 3], std: 4, layout: nhwc-to-nchw }')).toEqual({
    steps: { scale: 0.5, mean: [1, 2, 3], std: 4, layout: 'nhwc-to-nchw' },
    at: { file: 'p.yaml', line: 6, column: 56 },
  });
  expect(parse('{}')?.steps).toEqual({ layout: 'nchw' });
});

const mistakes: Record<string, [steps: string, text: string]> = {
  'std of 0': ['{ std: 0 }', 'preprocess.std: expected a float32 number greater than 0, found 0'],
  'one std of 0': ['{ std: [1, 0] }', 'preprocess.std[1]: expected a float32 number greater than 0, found 0'],
  'std that float32 takes for 0': ['{ std: 1e-46 }', 'expected a float32 number greater than 0, found 1e-46'],
  'negative scale': ['{ scale: -1 }', 'preprocess.scale: expected a float32 number greater than 0, found -1'],
  'scale beyond float32': ['{ scale: 1e39 }', 'preprocess.scale: expected at most 3.40'],
  'mean in words': ['{ mean: imagenet }', 'mean: expected a finite number or a list, found "imagenet"'],
  'no means': ['{ mean: [] }', 'mean: expected at least 1 items, found an empty list'],
  'mean not finite': ['{ mean: [1, .nan] }', 'mean[1]: expected a finite number, found NaN'],
  'unknown layout': ['{ layout: nhcw }', 'layout: expected one of "nchw", "nhwc"'],
  'unknown key': ['{ means: 1 }', 'unknown key "means" in models.cnn.preprocess; did you mean "mean"?'],
  'a list of steps': ['[scale]', 'models.cnn.preprocess: expected a mapping, found a list of 1'],
};

test.each(Object.entries(mistakes))('%s', async (_, [steps, text]) => {
  const failure = await failureOf(() => parse(steps));
  expect(failure.code).toBe('INVALID_POLICY');
  expect(failure.problem).toContain(text);
  const [, column] = /^p\.yaml:6:(\d+)$/.exec(failure.where) ?? [];
  expect(Number(column)).toBeGreaterThanOrEqual(56);
  expect(failure.hint).not.toBe('');
});

describe('agreement of one file', () => {
  const twice = (first: string, second: string) =>
    parsePolicy(
      sample
        .replace('{ file: ../corpora/digits-cnn.onnx }', `{ file: a.onnx${first} }`)
        .replace('../corpora/digits-cnn-int8.onnx', `{ file: ./a.onnx${second} }`),
      'p.yaml',
    );
  const steps = (mean: number) => `, preprocess: { mean: ${mean} }`;

  test('with itself', async () => {
    const failure = await failureOf(() => twice(steps(1), steps(1)));
    expect(failure.problem).toContain('one and the same model');
  });

  test.each([
    ['with other steps', steps(2)],
    ['without steps', ''],
  ])('%s', (_, second) => {
    expect(twice(steps(1), second).models.size).toBe(3);
  });
});
