// A process that looks for a WebGPU adapter and tells its parent: see adapter.ts.
import { type AdapterAnswer, adapterRequests } from './adapter.js';
import { requestAdapter } from './webgpu.js';

for (const request of adapterRequests) {
  const adapter = await requestAdapter(request);
  if (adapter === null) continue;
  const { vendor, architecture, device, description } = adapter.info;
  const named = [vendor, architecture, device, description].filter((part) => part !== '').join(', ');
  const answer: AdapterAnswer = { request, description: named };
  // The parent reads the answer when this process is gone: a driver may hang in its own clean-up.
  await new Promise((resolve) => globalThis.process.send?.(answer, resolve));
  break;
}
globalThis.process.exit(0);
