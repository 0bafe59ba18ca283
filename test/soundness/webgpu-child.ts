// What the tests ask of WebGPU, in a process of its own: the driver is chosen by its environment, and may take it down.
import { adapterRequests } from '../../src/backends/gpu/adapter.js';
import { provideWebGpu, requestAdapter } from '../../src/backends/gpu/webgpu.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { type ExampleOpinions, judgeExamples } from '../helpers/gpu-checks.js';
import { type Compared, compareNode, kernelFixtures } from '../laws/gpu-kernel-law.js';
import { type FunctionError, functionErrors } from './gpu-functions.js';

export type WebGpuReport = {
  readonly adapter: string;
  readonly opinions: readonly ExampleOpinions[];
  readonly functions: readonly FunctionError[];
  readonly nodes: readonly (readonly [name: string, compared: Compared | undefined])[];
};

async function provided(): Promise<string | undefined> {
  for (const request of adapterRequests) {
    const adapter = await requestAdapter(request);
    if (adapter === null) continue;
    await provideWebGpu(request);
    return `${adapter.info.device} ${adapter.info.description}`;
  }
  return undefined;
}

async function comparedNodes(): Promise<WebGpuReport['nodes']> {
  const runtime = createInlineRuntime();
  const nodes: [string, Compared | undefined][] = [];
  for (const [name, fixture] of kernelFixtures) {
    const opset = fixture.opsets.at(-1) ?? 17;
    nodes.push([
      name,
      await compareNode(fixture, { seed: 1, opset, watching: 'watched' }, 'webgpu', runtime),
    ]);
  }
  return nodes;
}

const adapter = await provided();
const report: WebGpuReport | undefined =
  adapter === undefined
    ? undefined
    : {
        adapter,
        opinions: await judgeExamples('webgpu', 50),
        functions: await functionErrors('webgpu', 65_537),
        nodes: await comparedNodes(),
      };
// The parent has the report when this process is gone: a driver may hang in its own clean-up.
await new Promise((resolve) => globalThis.process.send?.(report ?? 'no adapter', resolve));
globalThis.process.exit(0);
