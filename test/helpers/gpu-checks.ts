// What the gpu.js backend is asked in every mode: in the tests' own process in WebAssembly mode, and in a process with a WebGPU
// adapter (webgpu-child.ts).
import { readFileSync } from 'node:fs';
import { readDigits } from '../../corpora/train/data.js';
import { discoverTypes } from '../../src/backends/discover-types.js';
import { type GpuMode, openEngine } from '../../src/backends/gpu/engine.js';
import { executableOf } from '../../src/backends/gpu/executable.js';
import { lowerToKernels } from '../../src/backends/gpu/lower.js';
import { openSecondOpinion } from '../../src/backends/gpu/second-opinion.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { createRng } from '../../src/base/rng.js';
import { float32, rows, type Tensor } from '../../src/base/tensor.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { loadModel } from '../../src/onnx/load.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';

/** The example models but the quantised one, which has operators without kernels. */
export const examples = ['digits-cnn', 'digits-mlp', 'digits-mlp-robust', 'digits-unsafe'] as const;

export type ExampleOpinions = {
  readonly name: string;
  readonly rows: number;
  /** Rows with an output outside the bound. */
  readonly differing: number;
  /** Rows without any bound. */
  readonly unknown: number;
  /** Greatest difference of the two backends, as a share of the bound's width. */
  readonly share: number;
  /** Rows found to differ where one weight of the gpu.js model was changed by a thirtieth of the greatest. */
  readonly caught: number;
};

const folder = new URL('../../corpora/', import.meta.url).pathname.replace('/dist/', '/');

/** Test digits, uniform noise, and noise far outside the range of pixels. */
function inputs(count: number): Tensor<'float32'> {
  const digits = rows(readDigits(readFileSync(`${folder}digits.npz`)).test.images, 0, count);
  const rng = createRng(1, 'second opinion');
  const data = new Float32Array(3 * digits.data.length);
  data.set(digits.data);
  for (let at = digits.data.length; at < data.length; at++)
    data[at] = at < 2 * digits.data.length ? rng.uniform() : 4 * rng.uniform() - 2;
  return float32(data, [3 * count, 1, 8, 8]);
}

/** One weight of the first layer, changed by a thirtieth of the greatest. */
function withWrongWeight(model: TypedModel): TypedModel {
  const found = [...model.graph.constants].find(([, { shape }]) => shape.length > 1);
  if (found === undefined) throw new Error('no weights');
  const [name, weights] = found;
  const changed = Float32Array.from(weights.data as Float32Array);
  const greatest = changed.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const at = Math.floor(changed.length / 2) + 3;
  changed[at] = (changed[at] ?? 0) + greatest / 30;
  const constants = new Map(model.graph.constants).set(name, float32(changed, weights.shape));
  return { ...model, graph: { ...model.graph, constants } };
}

export async function judgeExamples(mode: GpuMode, count: number): Promise<ExampleOpinions[]> {
  const runtime = createInlineRuntime();
  const input = inputs(count);
  const results: ExampleOpinions[] = [];
  for (const name of examples) {
    const { model: file, bytes } = await loadModel(`${folder}${name}.onnx`);
    const model = await discoverTypes(file, name, runtime);
    const deployed = await openExecutable(model, bytes, runtime);
    const judge = async (other: TypedModel) => {
      const plan = lowerToKernels(other, name, 'unwatched');
      const gpu = executableOf(await openEngine(plan, mode), plan);
      const opinions = await (await openSecondOpinion(model, deployed, gpu, runtime)).judge(input);
      await gpu.close();
      return opinions;
    };
    const { differs, unknown, share } = await judge(model);
    const sum = (flags: Uint8Array) => flags.reduce((all, flag) => all + flag, 0);
    results.push({
      name,
      rows: 3 * count,
      differing: sum(differs),
      unknown: sum(unknown),
      share: share.reduce((most, each) => Math.max(most, each), 0),
      caught: sum((await judge(withWrongWeight(model))).differs),
    });
  }
  await runtime.close();
  return results;
}
