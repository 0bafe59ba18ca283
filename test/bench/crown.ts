// CROWN of a fully connected network (mnist_fc 256x4, linf 0.03), against plain MatMul nodes of the same shapes in the same run:
// for every value that is bounded, coefficients of both signs times the matrix of each layer before it. One thread.
import { existsSync } from 'node:fs';
import { discoverTypes } from '../../src/backends/discover-types.js';
import { float32, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { loadModel } from '../../src/onnx/load.js';
import { compile } from '../../src/program/compile.js';
import type { Outputs } from '../../src/program/emit.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { Program } from '../../src/program/program.js';
import type { Runtime } from '../../src/program/session.js';
import { openCrown } from '../../src/verify/crown/crown.js';
import { firstBox } from '../helpers/benchmarks.js';

const images = 10;
const repetitions = 7;

export async function benchCrown(root: string): Promise<string[]> {
  const folder = `${root}../shared/benchmarks/mnist_fc/`;
  if (!existsSync(folder)) return [`CROWN                                 skipped: no ${folder}`];
  const file = `${folder}onnx/mnist-net_256x4.onnx`;
  const runtime = createInlineRuntime();
  const { model } = await loadModel(file);
  const typed = await discoverTypes(model, file, runtime);
  const rows: number[] = [];
  const crown = openCrown(typed, watching(runtime, rows), { arithmetic: 'deployed', memoryBytes: 2 ** 31 });
  const ratios: number[] = [];
  const times: number[] = [];
  let products = 0;
  for (let image = 0; image < images; image++) {
    const box = firstBox(`${folder}vnnlib/prop_${image}_0.03.vnnlib`, typed);
    await crown.output(box);
    rows.length = 0;
    await crown.output(box);
    const multiply = await matrixProducts(model, rows, runtime);
    const [own, plain] = [await fastest(() => crown.output(box)), await fastest(multiply)];
    ratios.push(own / plain);
    times.push(own);
    products += plain;
  }
  const total = times.reduce((sum, value) => sum + value, 0);
  return [
    `CROWN, mnist_fc 256x4, linf 0.03      ${(total / images).toFixed(1)} ms per image (mean of ${images}, one thread)`,
    `  against its matrix products alone   ${(total / products).toFixed(2)} in all (single images ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  ];
}

/** Notes how many elements each call bounds: none where nothing is left open. */
const watching = (runtime: Runtime, rows: number[]): Runtime => ({
  ...runtime,
  open: async (...model) => {
    const session = await runtime.open(...model);
    return {
      run: (feeds, shared) => {
        const count = feeds.indices?.shape[0];
        if (count !== undefined) rows.push(count);
        return session.run(feeds, shared);
      },
    };
  },
});

/** One program of all products; each keeps a single number, so that results cost nothing. */
async function matrixProducts(model: Model, rows: readonly number[], runtime: Runtime) {
  const weights = model.graph.nodes.flatMap(({ type, inputs }) => {
    const weight = model.graph.constants.get(inputs[1] ?? '');
    return type === 'Gemm' && weight !== undefined ? [weight] : [];
  });
  const p = new Program();
  const outputs: Record<string, Outputs[string]> = {};
  const feeds: Record<string, Tensor> = {};
  // The last values bounded are those of the last layers: a value behind layer k goes through layers k - 1 to 0.
  rows.forEach((elements, at) => {
    const layer = weights.length - rows.length + at;
    for (const [index, weight] of weights.slice(0, layer).entries()) {
      const [outer = 1] = weight.shape;
      const name = `a${at}_${index}`;
      const a = p.input(name, 'float32', [2 * elements, outer]);
      const product = p.matmul(a, p.constant(weight));
      outputs[`y${name}`] = p.slice(p.slice(product, 0, 0, 1), 1, 0, 1);
      feeds[name] = float32(new Float32Array(2 * elements * outer).fill(0.5), [2 * elements, outer]);
    }
  });
  const session = await compile(p, outputs, runtime);
  return () => session.run(feeds);
}

/** Milliseconds of the fastest of some runs: both sides without what else the machine does. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < repetitions; run++) {
    const from = performance.now();
    await work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}
