// `marauder bounds`: its tables and JSON hold for what ONNX Runtime computes; every wrong input is one clear error.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../../src/cli/npy.js';
import { encodeModel } from '../../src/program/emit.js';
import { modelOf, type NodeShorthand, scalar } from '../helpers/models.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const mlp = inRoot('corpora/digits-mlp-robust.onnx');
const digits = ['--data', inRoot('corpora/digits.npz'), '--inputs', 'test_images', '--scale', '1/16'];
const methods = ['ibp', 'crown'];

type Row = {
  readonly row: number | null;
  readonly values: readonly number[] | null;
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
};

const json = async (...args: string[]) => {
  const { status, stdout, stderr } = await bench.call('bounds', ...args, '--json');
  expect(stderr).toBe('');
  return { status, result: JSON.parse(stdout) };
};

describe.each(methods)('%s', (method) => {
  const common = [mlp, ...digits, '--linf', '0.02', '--clip', '0:1', '--method', method];

  test('bounds of rows contain what the model computes there', async () => {
    const { status, result } = await json(...common, '--rows', '3:9');
    expect(status).toBe(0);
    expect(result).toMatchObject({
      schemaVersion: 1,
      model: { file: mlp },
      linfEpsilon: 0.02,
      range: [0, 1],
      method,
      arithmetic: 'deployed',
      summary: { outputs: 60, unbounded: 0 },
      unbounded: null,
      interrupted: false,
    });
    expect(result.rows.map(({ row }: Row) => row)).toEqual([3, 4, 5, 6, 7, 8]);
    const widths = result.rows.flatMap(({ values, lower, upper }: Row) => {
      expect(values).toHaveLength(10);
      values?.forEach((value, at) => {
        expect(value).toBeGreaterThan(lower[at] ?? Infinity);
        expect(value).toBeLessThan(upper[at] ?? -Infinity);
      });
      return lower.map((low, at) => (upper[at] ?? 0) - (low ?? 0));
    });
    const mean = widths.reduce((sum: number, width: number) => sum + width, 0) / widths.length;
    expect(result.summary.meanWidth).toBeCloseTo(mean, 10);
    expect(result.summary.greatestWidth).toBe(Math.max(...widths));
  });

  test('the table says the same, rounded outward', async () => {
    const { rows } = (await json(...common, '--row', '5')).result;
    const { status, stdout, stderr } = await bench.call('bounds', ...common, '--row', '5');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = [...stdout.matchAll(/^ *(?:5 +)?(\d) +(\S+) +(\S+) +(\S+) +(\S+)$/gm)];
    expect(lines).toHaveLength(10);
    lines.forEach(([, output, value, lower, upper], at) => {
      expect(Number(output)).toBe(at);
      expect(Number(value)).toBeCloseTo(rows[0].values[at], 3);
      expect(Number(lower)).toBeLessThanOrEqual(rows[0].lower[at]);
      expect(Number(upper)).toBeGreaterThanOrEqual(rows[0].upper[at]);
      expect(Number(lower)).toBeCloseTo(rows[0].lower[at], 3);
    });
    expect(stdout).toContain(`Bounds  ${method}, for the deployed float32 network`);
  });

  test('one worker or two: the same bounds', async () => {
    const run = async (...more: string[]) => (await json(...common, '--rows', '4', ...more)).result.rows;
    expect(await run('--workers', '1')).toEqual(await run('--workers', '2'));
  });
});

test('linear bounds are narrower than intervals, and the default', async () => {
  const common = [mlp, ...digits, '--linf', '0.02', '--rows', '5'];
  const [linear, interval] = [
    (await json(...common)).result,
    (await json(...common, '--method', 'ibp')).result,
  ];
  expect(linear.method).toBe('crown');
  expect(linear.summary.meanWidth).toBeLessThan(interval.summary.meanWidth);
});

test('at a distance of 0 only rounding is left, and in real arithmetic less of it', async () => {
  const common = [mlp, ...digits, '--linf', '0', '--row', '0'];
  const deployed = (await json(...common)).result.summary.greatestWidth;
  const real = (await json(...common, '--arithmetic', 'real')).result.summary.greatestWidth;
  expect(deployed).toBeLessThan(0.01);
  expect(real).toBeLessThan(deployed);
});

test('a box instead of rows', async () => {
  const nodes: NodeShorthand[] = [['Mul', ['x', 'two'], 'y']];
  bench.write('double.onnx', encodeModel(modelOf(['batch', 3], nodes, { two: scalar(2) })));
  const { status, result } = await json('double.onnx', '--box', '-1:3');
  expect(status).toBe(0);
  expect(result).toMatchObject({ data: null, linfEpsilon: null, range: [-1, 3] });
  expect(result.rows).toHaveLength(1);
  expect(result.rows[0]).toMatchObject({ row: null, values: null });
  for (const at of [0, 1, 2]) {
    expect(result.rows[0].lower[at]).toBeCloseTo(-2, 4);
    expect(result.rows[0].upper[at]).toBeCloseTo(6, 4);
  }
  const { stdout } = await bench.call('bounds', 'double.onnx', '--box', '-1:3');
  expect(stdout).toMatch(/^Output +Lower +Upper +Width$/m);
  expect(stdout).toContain('every input with elements from -1 to 3');
});

describe('unbounded outputs', () => {
  test.each(methods)('%s: a node without rule is to blame', async (method) => {
    const nodes: NodeShorthand[] = [
      ['Relu', ['x'], 'h'],
      ['Hardmax', ['h'], 'y'],
    ];
    bench.write('ruleless.onnx', encodeModel(modelOf(['batch', 3], nodes)));
    const { status, stdout, stderr } = await bench.call(
      'bounds',
      'ruleless.onnx',
      '--box',
      '0:1',
      '--method',
      method,
    );
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout.match(/-Infinity +Infinity +unbounded/g)).toHaveLength(3);
    expect(stdout).toMatch(/Unbounded {2}3 of 3 outputs: node "Hardmax_1" \(Hardmax\)/);
    expect(await json('ruleless.onnx', '--box', '0:1', '--method', method)).toMatchObject({
      status: 1,
      result: { rows: [{ lower: [null, null, null] }], unbounded: expect.stringContaining('Hardmax_1') },
    });
  });

  test.each(methods)('%s: a value that overflows for some rows only', async (method) => {
    const nodes: NodeShorthand[] = [
      ['Neg', ['x'], 'n'],
      ['Mul', ['n', 'n'], 'q'],
      ['Neg', ['q'], 'y'],
    ];
    bench.write('square.onnx', encodeModel(modelOf(['batch', 2], nodes)));
    bench.write('two.npy', encodeNpy(Float32Array.of(1, 2, 3, 1e20), [2, 2]));
    const { status, result } = await json(
      'square.onnx',
      '--data',
      'two.npy',
      '--linf',
      '0.5',
      '--method',
      method,
    );
    expect(status).toBe(1);
    const known = result.rows.map(({ lower }: Row) => lower.map((bound) => bound !== null));
    expect(known).toEqual([
      [true, true],
      [true, false],
    ]);
    // ONNX Runtime gives -Infinity there, which JSON has no word for.
    expect(result.rows[1].values).toEqual([-9, null]);
    expect(result.summary).toMatchObject({ outputs: 4, unbounded: 1 });
    expect(result.unbounded).toContain('node "Mul_1" (Mul)');
  });
});

test('many outputs are folded in the table, not in JSON', async () => {
  bench.write('wide.onnx', encodeModel(modelOf(['batch', 2, 5, 10], [['Relu', ['x'], 'y']])));
  const { stdout } = await bench.call('bounds', 'wide.onnx', '--box', '0:1');
  expect(stdout).toContain('… 60 more: --json');
  expect(stdout).toMatch(/^ *0,1,9 .*\n.*more.*\n *1,3,0 /m);
  expect((await json('wide.onnx', '--box', '0:1')).result.rows[0].lower).toHaveLength(100);
});

describe('wrong inputs', () => {
  const npy = (name: string, values: readonly number[], shape: readonly number[]) =>
    bench.write(name, encodeNpy(Float32Array.from(values), shape));
  npy('nan.npy', [...Array(63).fill(0), Number.NaN], [1, 64]);
  npy('inf.npy', [...Array(63).fill(0), Infinity], [1, 64]);
  npy('short.npy', Array(30).fill(0), [1, 30]);
  npy('none.npy', [], [0, 64]);
  npy('flat.npy', Array(64).fill(0), [64]);
  npy('good.npy', Array(128).fill(0), [2, 64]);
  bench.write('cut.npy', encodeNpy(new Float32Array(64), [1, 64]).slice(0, 200));
  bench.write('text.npy', 'no array');
  bench.write('data.txt', 'a,b');
  bench.write('words.csv', `${Array.from({ length: 64 }, (_, at) => `c${at}`)}\n${Array(64).fill('x')}\n`);
  bench.write('cut.onnx', readFileSync(mlp).subarray(0, 500));

  test.each([
    ['no model', 'none.onnx --box 0:1', 'FILE_NOT_FOUND', 'none.onnx'],
    ['a model that is cut off', 'cut.onnx --box 0:1', 'INVALID_MODEL', 'cut.onnx'],
    ['a model that is data', 'good.npy --box 0:1', 'INVALID_MODEL', 'good.npy'],
    ['no data', 'MLP --data none.npz --linf 1', 'FILE_NOT_FOUND', 'none.npz: no such file'],
    ['unknown data', 'MLP --data data.txt --linf 1', 'INVALID_DATA', 'unknown kind of data'],
    ['no array', 'MLP --data text.npy --linf 1', 'INVALID_DATA', 'text.npy'],
    ['an array that is cut off', 'MLP --data cut.npy --linf 1', 'INVALID_DATA', 'cut.npy'],
    ['text in a table', 'MLP --data words.csv --linf 1', 'INVALID_DATA', 'words.csv:2:1'],
    ['NaN', 'MLP --data nan.npy --linf 1', 'INVALID_DATA', 'row 0, element 63'],
    ['infinity', 'MLP --data inf.npy --linf 1', 'INVALID_DATA', 'row 0, element 63'],
    ['too few elements', 'MLP --data short.npy --linf 1', 'INVALID_DATA', 'a row has shape [30]'],
    ['no rows', 'MLP --data none.npy --linf 1', 'INVALID_DATA', 'holds no value'],
    ['one axis', 'MLP --data flat.npy --linf 1', 'INVALID_DATA', 'shape [64]'],
    ['a row that is not there', 'MLP --data good.npy --linf 1 --row 2', 'USAGE', 'rows 0 to 1, not row 2'],
    ['rows that are not there', 'MLP --data good.npy --linf 1 --rows 1:9', 'USAGE', 'rows 0 to 1, not row 2'],
    [
      'rows outside of --clip',
      'MLP --data good.npy --linf 1 --clip 1:2',
      'INVALID_DATA',
      'outside the input',
    ],
    ['which array', `MLP --data ${inRoot('corpora/digits.npz')} --linf 1`, 'INVALID_DATA', 'with --inputs'],
    ['an empty box', 'MLP --box 0.1:0.1', 'USAGE', 'no float32 number'],
  ])('%s', async (_name, line, code, words) => {
    const args = line.split(' ').map((word) => (word === 'MLP' ? mlp : word));
    const { status, stdout, stderr } = await bench.call('bounds', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\] `));
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('integer inputs take the nearest integers of the box', async () => {
    const file = modelOf(['batch', 2], [['Cast', ['x'], 'y', { to: 1 }]]);
    const inputs = file.graph.inputs.map((input) => ({ ...input, dtype: 'int64' as const }));
    bench.write('integers.onnx', encodeModel({ ...file, graph: { ...file.graph, inputs } }));
    const { status, stdout } = await bench.call('bounds', 'integers.onnx', '--box', '-2:1.4', '--json');
    expect(status).toBe(0);
    const [{ lower, upper }] = JSON.parse(stdout).rows;
    expect(lower.every((bound: number) => bound <= -2 && bound > -2.01)).toBe(true);
    expect(upper.every((bound: number) => bound >= 1 && bound < 1.01)).toBe(true);
  });
});

describe('Ctrl-C', () => {
  const rows = 40_000;
  const many = ['many.npy', '--linf', '0.01', '--workers', '1'];
  bench.write('many.npy', encodeNpy(new Float32Array(rows * 64).fill(0.5), [rows, 64]));
  const cnn = inRoot('corpora/digits-cnn.onnx');

  test('ends with what is known', async () => {
    let sentAt = 0;
    const { status, stdout, stderr } = await bench.start(
      ['bounds', cnn, '--data', ...many],
      (_text, kill) => {
        if (sentAt > 0) return;
        // The header is printed; the bounds are under way.
        sentAt = performance.now();
        setTimeout(() => kill('SIGINT'), 1500);
      },
    );
    expect(performance.now() - sentAt).toBeLessThan(20_000);
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    const [, reached] = /interrupted: ([\d,]+) of 40,000 rows have bounds/.exec(stdout) ?? [];
    const lines = stdout.split('\n').filter((line) => /^ *\d+ +0 +\S+ +\S+ +\S+ +\S+$/.test(line));
    expect(lines).toHaveLength(Number(reached?.replaceAll(',', '')));
    expect(stdout).not.toContain('unbounded');
  });

  test('JSON says so, too', async () => {
    const { status, stdout } = await bench.start(
      ['bounds', cnn, '--data', ...many, '--json'],
      () => {},
      // Nothing is printed before the end.
      (kill) => setTimeout(() => kill('SIGINT'), 3000),
    );
    expect(status).toBe(130);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ interrupted: true, unbounded: null });
    expect(result.rows).toHaveLength(rows);
    expect(result.rows.at(-1)).toMatchObject({ lower: Array(10).fill(null) });
  });
});
