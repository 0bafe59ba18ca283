// Every row of the table of gpu.js kernels against ONNX Runtime, on random one-node models in WebAssembly mode.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../src/backends/discover-types.js';
import { openEngine } from '../../src/backends/gpu/engine.js';
import { kernels } from '../../src/backends/gpu/kernels/index.js';
import { lowerToKernels, type Watching } from '../../src/backends/gpu/lower.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { UserError } from '../../src/base/user-error.js';
import type { Model } from '../../src/graph/graph.js';
import { encodeModel } from '../../src/program/emit.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { numbersOf } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { modelOf, nodeOf } from '../helpers/models.js';
import { type Fixture, fixtures, squareMatmul } from './ops/fixtures.js';

const SEED = 20_261_124;
const runs = 6;
const rowCount = 5;
const runtime = createInlineRuntime();

const rows: readonly (readonly [string, Fixture])[] = [
  ...Object.entries(fixtures).filter(([name]) => name in kernels),
  ['MatMul of x and x', squareMatmul],
];

/** Greatest difference over magnitude, undefined where the backend refuses the node. */
async function difference(fixture: Fixture, seed: number, opset: number, watching: Watching) {
  const draw = new Draw(seed);
  const recipe = fixture.draw(draw, 'normal', opset);
  const nodes = [...(recipe.before ?? []), recipe.node];
  const written = modelOf(['batch', ...recipe.shape], nodes, recipe.constants, opset);
  const file = await withFloats(written);
  const model = await discoverTypes(file, 'one-node.onnx', runtime);
  const plan = planOf(() => lowerToKernels(model, 'one-node.onnx', watching));
  if (plan === undefined) return undefined;
  const executable = await openExecutable(model, encodeModel(file), runtime);
  const x = draw.boxes(rowCount, recipe.shape, 'normal').lower;
  const expected = numbersOf(await executable.run(x));
  const engine = await openEngine(plan, 'webasm');
  const { output, nonFinite } = await engine.run(x.data, rowCount);
  await engine.close();
  expect(output.length).toBe(expected.length);
  if (nonFinite !== undefined) expect([...nonFinite]).toEqual(flagsOf(expected));
  const apart = Array.from(output, (value, at) => distance(value, expected[at] ?? 0));
  return { apart: Math.max(0, ...apart), allowed: (recipe.terms + 8) * 8 * 2 ** -23 };
}

/** The model, its result cast to float32 where it is something else. */
async function withFloats(file: Model): Promise<Model> {
  const { output } = await discoverTypes(file, 'one-node.onnx', runtime);
  if (output.dtype === 'float32') return file;
  const cast = nodeOf(['Cast', ['y'], 'z', { to: 1 }], file.graph.nodes.length);
  const outputs = [{ name: 'z', dtype: undefined, shape: undefined }];
  return { ...file, graph: { ...file.graph, outputs, nodes: [...file.graph.nodes, cast] } };
}

const flagsOf = (values: ArrayLike<number>): number[] =>
  Array.from({ length: rowCount }, (_, row) => {
    const size = values.length / rowCount;
    return Array.from(values)
      .slice(row * size, (row + 1) * size)
      .every(Number.isFinite)
      ? 0
      : 1;
  });

function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const apart = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  return Number.isNaN(apart) ? Infinity : apart;
}

function planOf<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof UserError && error.code === 'UNSUPPORTED_MODEL') return undefined;
    throw error;
  }
}

test('every operator that has a kernel has a fixture', () => {
  const without = Object.keys(kernels).filter((name) => !(name in fixtures));
  expect(without).toEqual([]);
});

describe.each(rows)('%s', (_name, fixture) => {
  test('its kernels compute what ONNX Runtime computes', async () => {
    let compared = 0;
    const law = fc.asyncProperty(
      fc.record({
        seed: fc.nat(),
        opset: fc.constantFrom(...fixture.opsets),
        watching: fc.constantFrom<Watching>('watched', 'unwatched'),
      }),
      async ({ seed, opset, watching }) => {
        const found = await difference(fixture, seed, opset, watching);
        if (found === undefined) return;
        compared++;
        expect(found.apart).toBeLessThanOrEqual(found.allowed);
      },
    );
    await fc.assert(law, { seed: SEED, numRuns: runs });
    expect(compared).toBeGreaterThan(0);
  });
});
