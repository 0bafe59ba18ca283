import { describe, expect, test } from 'vitest';
import { chooseFuzzing } from '../../../../src/cli/fuzz/choices.js';
import type { FuzzCommandOptions } from '../../../../src/cli/options.js';
import { parseCommandLine } from '../../../../src/cli/parse.js';
import { readDuration } from '../../../../src/cli/values.js';

async function optionsOf(line: string): Promise<FuzzCommandOptions> {
  const invocation = await parseCommandLine(['fuzz', ...line.split(' ').filter((word) => word !== '')]);
  if (invocation.command !== 'fuzz') throw new Error(invocation.command);
  return invocation.options;
}

describe('durations', () => {
  test.each([
    ['90s', 90],
    ['90', 90],
    ['250ms', 0.25],
    ['1.5m', 90],
    ['10min', 600],
    ['2h', 7200],
    ['.5d', 43_200],
  ])('%s', (text, seconds) => {
    expect(readDuration('fuzz', 'time', text)).toBeCloseTo(seconds, 9);
  });

  test.each(['', '0', '0s', '-5s', '5 s', '5x', 's', '1e3', 'NaN', 'Infinity', '1h30m', '5constructor'])(
    '%j is none',
    (text) => {
      expect(() => readDuration('fuzz', 'time', text)).toThrow(/--time cannot be/);
    },
  );
});

describe('options', () => {
  test('of a model', async () => {
    const line =
      'm.onnx --data x.npz --inputs a --rows 2:5 --linf 8/255 --deephunter 0.02:0.2 --time 2m --fresh';
    expect(await optionsOf(line)).toMatchObject({
      target: 'm.onnx',
      data: { file: 'x.npz', inputs: ['a'], rows: { from: 2, to: 5 }, scale: 1 },
      linfEpsilon: 8 / 255,
      deepHunter: { alpha: 0.02, beta: 0.2 },
      seconds: 120,
      executions: undefined,
      gradients: true,
      feedback: true,
      fresh: true,
    });
  });

  test('of the nearest policy', async () => {
    expect(await optionsOf('--property a,b --no-gradients --no-feedback')).toMatchObject({
      target: undefined,
      properties: ['a', 'b'],
      data: undefined,
      gradients: false,
      feedback: false,
    });
  });

  test.each([
    ['m.onnx --property a', '--property goes with a policy'],
    ['p.yaml --linf 0.1', '--linf goes with a model'],
    ['--data x.npz', '--data goes with a model'],
    ['p.yaml --objective finite', '--objective goes with a model'],
    ['m.onnx --linf 0.1', '--linf goes with --data'],
    ['m.onnx --rows 3', '--rows goes with --data'],
    ['m.onnx --data x --deephunter 0:0.5', '--deephunter cannot be "0:0.5"'],
    ['m.onnx --data x --deephunter 0.1:2', '--deephunter cannot be "0.1:2"'],
    ['m.onnx --data x --l0 0', '--l0 cannot be "0"'],
    ['m.onnx --data x --l0 1.5', '--l0 cannot be "1.5"'],
    ['m.onnx --data x --l2 -1', '--l2 cannot be "-1"'],
    ['m.onnx --range 1:0', '--range cannot be "1:0"'],
    ['m.onnx --range 0:1 --backend cuda', '--backend cannot be "cuda"'],
    ['--executions 0', '--executions cannot be "0"'],
    ['--time forever', '--time cannot be "forever"'],
    ['--workers 0', '--workers cannot be "0"'],
    ['--seed 4294967296', '--seed cannot be "4294967296"'],
  ])('%s', async (line, problem) => {
    await expect(optionsOf(line)).rejects.toMatchObject({
      code: 'USAGE',
      message: `marauder fuzz: ${problem}`,
      details: { hint: expect.stringMatching(/./) },
    });
  });
});

describe('choices', () => {
  test.each([
    ['--coverage foo', /no criterion "foo"/],
    ['--coverage neuron-coverag', /no criterion "neuron-coverag"/],
    ['--coverage none,neuron-coverage', /no criterion "none"/],
    ['--mutators noise,nois', /unknown mutator "nois"/],
    ['--schedule fas', /unknown scheduler "fas"/],
  ])('%s', async (line, problem) => {
    const options = await optionsOf(line);
    expect(() => chooseFuzzing(options)).toThrow(problem);
  });

  test.each([
    ['', ['activation-distance', 'neuron-coverage']],
    ['--coverage none', []],
    ['--coverage sign-patterns,k-multisection:sections=10', ['sign-patterns', 'k-multisection:sections=10']],
  ])('%j covers %j', async (line, names) => {
    const { criteria } = chooseFuzzing(await optionsOf(line))(
      { models: [] } as unknown as Parameters<ReturnType<typeof chooseFuzzing>>[0],
      1,
    );
    expect(criteria.map(({ name }) => name)).toEqual(names);
  });
});
