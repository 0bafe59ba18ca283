// Every row of the table of gpu.js kernels against ONNX Runtime, on random one-node models in WebAssembly mode.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernels } from '../../src/backends/gpu/kernels/index.js';
import type { Watching } from '../../src/backends/gpu/lower.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { compareNode, kernelFixtures } from './gpu-kernel-law.js';
import { fixtures } from './ops/fixtures.js';

const SEED = 20_261_124;
const runs = 6;
const runtime = createInlineRuntime();

test('every operator that has a kernel has a fixture', () => {
  const without = Object.keys(kernels).filter((name) => !(name in fixtures));
  expect(without).toEqual([]);
});

test.each(kernelFixtures)('%s: its kernels compute what ONNX Runtime computes', async (_name, fixture) => {
  let compared = 0;
  const drawn = fc.record({
    seed: fc.nat(),
    opset: fc.constantFrom(...fixture.opsets),
    watching: fc.constantFrom<Watching>('watched', 'unwatched'),
  });
  const law = fc.asyncProperty(drawn, async (each) => {
    const found = await compareNode(fixture, each, 'webasm', runtime);
    if (found === undefined) return;
    compared++;
    expect(found.apart).toBeLessThanOrEqual(found.allowed);
    expect(found.flagged).toEqual(found.nonFinite);
  });
  await fc.assert(law, { seed: SEED, numRuns: runs });
  expect(compared).toBeGreaterThan(0);
});
