// `marauder inspect` on every example model, and on one network of each benchmark family where they are there.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeModel } from '../../src/program/emit.js';
import { modelOf, type NodeShorthand } from '../helpers/models.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const escaped = (text: string) => text.replace(/[\\[\](){}.*+?^$|]/g, '\\$&');

const examples = readdirSync(inRoot('corpora')).filter((file) => file.endsWith('.onnx'));

describe.each(examples)('%s', (file) => {
  test('as text', async () => {
    const { status, stdout, stderr } = await bench.call('inspect', inRoot(`corpora/${file}`));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const words of [
      'image  float32 [batch, 1, 8, 8]',
      'float32 [batch, 10]',
      'any size',
      'can be fuzzed',
    ])
      expect(stdout).toContain(words);
  });

  test('node by node', async () => {
    const { nodes } = JSON.parse((await bench.call('inspect', '--json', inRoot(`corpora/${file}`))).stdout);
    const { stdout } = await bench.call('inspect', inRoot(`corpora/${file}`));
    for (const [at, { name, operator, outputs, parameters }] of nodes.entries()) {
      const [output] = outputs;
      const columns = [at + 1, name, operator, `${output.dtype} [${output.shape.join(', ')}]`];
      const pattern = columns.map((column) => escaped(`${column}`)).join(' +');
      expect(stdout).toMatch(new RegExp(`^ +${pattern} +${parameters.toLocaleString('en-US')} `, 'm'));
    }
  });

  test('as JSON', async () => {
    const { status, stdout } = await bench.call('inspect', '--json', inRoot(`corpora/${file}`));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 8, 8] }],
      batched: true,
      memory: { ceilingBytes: 2 ** 31, rowsPerChunk: expect.any(Number) },
      obstacle: null,
      unbounded: null,
    });
  });
});

test('parameters, weights and activations of the small classifier, by hand', async () => {
  const found = JSON.parse((await bench.call('inspect', '--json', inRoot('corpora/digits-mlp.onnx'))).stdout);
  const sizes = found.nodes.map(({ parameters }: { parameters: number }) => parameters);
  const weights = sizes.reduce((sum: number, size: number) => sum + size, 0);
  expect(found.parameters).toBe(weights);
  expect(found.weightBytes).toBeGreaterThanOrEqual(4 * weights);
  const values = [
    64,
    ...found.nodes.flatMap(({ outputs }: { outputs: { shape: unknown[] }[] }) =>
      outputs.map(({ shape }) => shape.slice(1).reduce((product: number, dim) => product * Number(dim), 1)),
    ),
  ];
  expect(found.memory.activationBytes).toBe(4 * values.reduce((sum, size) => sum + size, 0));
});

describe('large and strange graphs', () => {
  const chain = (length: number) =>
    Array.from(
      { length },
      (_, at): NodeShorthand => ['Relu', [at === 0 ? 'x' : `v${at}`], at === length - 1 ? 'y' : `v${at + 1}`],
    );
  const lines = (text: string) => text.split('\n').filter((line) => line.includes('Relu_'));

  test('60 nodes are listed, of 61 both ends', async () => {
    bench.write('60.onnx', encodeModel(modelOf(['batch', 2], chain(60))));
    bench.write('61.onnx', encodeModel(modelOf(['batch', 2], chain(61))));
    expect(lines((await bench.call('inspect', '60.onnx')).stdout)).toHaveLength(60);
    const { stdout } = await bench.call('inspect', '61.onnx');
    expect(lines(stdout)).toHaveLength(60);
    expect(stdout).toMatch(/ 30 .*\n +… 1 more node: --all-nodes shows them\n +32 /);
    expect(lines((await bench.call('inspect', '61.onnx', '--all-nodes')).stdout)).toHaveLength(61);
    expect(JSON.parse((await bench.call('inspect', '61.onnx', '--json')).stdout).nodes).toHaveLength(61);
  });

  test('names from the file cannot move the cursor or break lines', async () => {
    const file = modelOf(['batch', 2], chain(2));
    const nodes = file.graph.nodes.map((node) => ({ ...node, name: `\u001b[2J${node.name}\nVerdict  fine` }));
    bench.write('evil.onnx', encodeModel({ ...file, graph: { ...file.graph, nodes } }));
    const { status, stdout } = await bench.call('inspect', 'evil.onnx');
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.match(/^ *Verdict/gm)).toHaveLength(1);
  });

  test('every output is listed', async () => {
    const file = modelOf(
      ['batch', 4],
      [
        ['Relu', ['x'], 'y'],
        ['Neg', ['x'], 'z'],
      ],
    );
    const outputs = ['y', 'z'].map((name) => ({ name, dtype: 'float32' as const, shape: ['batch', 4] }));
    bench.write('two.onnx', encodeModel({ ...file, graph: { ...file.graph, outputs } }));
    expect(
      (await bench.call('inspect', 'two.onnx')).stdout.match(/^ *Output {2}[yz] {2}float32 \[batch, 4\]$/gm),
    ).toHaveLength(2);
  });
});

const benchmarks = inRoot('../shared/benchmarks');
const largest = 60e6;

/** The smallest network of a family. */
function smallest(family: string): string | undefined {
  const files = readdirSync(join(benchmarks, family), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.onnx(\.gz)?$/.test(file))
    .map((file) => join(benchmarks, family, file))
    .filter((file) => statSync(file).size < largest);
  return files.sort((a, b) => statSync(a).size - statSync(b).size)[0];
}

const families = existsSync(benchmarks)
  ? readdirSync(benchmarks).filter((family) => smallest(family) !== undefined)
  : [];
if (families.length === 0) console.log(`skipped: no benchmark networks in ${benchmarks}`);

describe.runIf(families.length > 0)('benchmark networks', () => {
  test.each(families)('%s: an answer or one clear error, never a stack trace', async (family) => {
    const file = smallest(family) ?? '';
    const { status, stdout, stderr } = await bench.call('inspect', '--json', file);
    expect(stderr).not.toMatch(/error\[BUG\]|^ +at /m);
    expect([0, 2]).toContain(status);
    if (status === 0) expect(JSON.parse(stdout).nodes.length).toBeGreaterThan(0);
    else expect(stderr).toMatch(/^error\[\w+\] /);
  });
});

test('output into a closed pipe is no error', () => {
  const command = `node ${inRoot('bin/marauder.js')} inspect ${inRoot('corpora/digits-cnn.onnx')} | head -1`;
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toContain('digits-cnn.onnx');
});
