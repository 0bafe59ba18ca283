// Measures what src/backends/gpu/kernels/functions.ts states. Run by hand, for WebGPU with Mesa's software renderer where there is no GPU:
// npm run build && LIBGL_ALWAYS_SOFTWARE=1 EGL_PLATFORM=surfaceless node dist/test/soundness/measure-gpu-functions.js webgpu 1021 [Exp Log ...]
import { argv, exit, stdout } from 'node:process';
import { adapterRequests } from '../../src/backends/gpu/adapter.js';
import type { GpuMode } from '../../src/backends/gpu/engine.js';
import { provideWebGpu, requestAdapter } from '../../src/backends/gpu/webgpu.js';
import { type GpuFunction, gpuFunctions, measureFunction } from './gpu-functions.js';

const mode = (argv[2] ?? 'webasm') as GpuMode;
const stride = Number(argv[3] ?? 1021);
if (mode === 'webgpu') {
  for (const request of adapterRequests) {
    const adapter = await requestAdapter(request);
    if (adapter === null) continue;
    stdout.write(`${adapter.info.device} ${adapter.info.description}\n`);
    await provideWebGpu(request);
    break;
  }
}
const power = (value: number): string => (value === 0 ? '0' : `2^${Math.log2(value).toFixed(2)}`);
for (const name of Object.keys(gpuFunctions) as GpuFunction[]) {
  if (argv.length > 4 && !argv.slice(4).includes(name)) continue;
  const errors = await measureFunction(name, mode, stride);
  const beside = [0, 1, 2, 3, 4, 6, 8, 12].map(
    (u) => `${u} u + ${power(errors.absoluteBeside(u * 2 ** -24))}`,
  );
  stdout.write(`${name}: ${beside.join(', ')}\n`);
}
// A driver may hang in its own clean-up.
exit(0);
