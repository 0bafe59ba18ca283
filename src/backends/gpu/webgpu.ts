// WebGPU for Node (Dawn): loaded only where gpu.js is to use it, in a worker thread or in the process that looks for an adapter.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { AdapterRequest } from './adapter.js';

/** What is used of an adapter. */
export type Adapter = {
  readonly info: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>>;
};

type Gpu = { requestAdapter(options?: object): Promise<Adapter | null> };
type Dawn = { create(flags: readonly string[]): Gpu; readonly globals: object };

/** The package that gpu.js brings along. */
async function loadDawn(): Promise<Dawn> {
  const fromHere = createRequire(import.meta.url);
  const fromLibrary = createRequire(fromHere.resolve('gpu.js'));
  return (await import(pathToFileURL(fromLibrary.resolve('webgpu')).href)) as Dawn;
}

export async function requestAdapter(request: AdapterRequest): Promise<Adapter | null> {
  return (await gpuFor(request)).requestAdapter();
}

/** A GPU object whose adapters are asked for as `request` says. */
async function gpuFor({ flags, compatibility }: AdapterRequest): Promise<Gpu> {
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const gpu = create(flags);
  const level = compatibility ? { featureLevel: 'compatibility' } : {};
  return { requestAdapter: (options) => gpu.requestAdapter({ ...options, ...level }) };
}

/** Gives this thread the `navigator.gpu` that gpu.js looks for. */
export async function provideWebGpu(request: AdapterRequest): Promise<void> {
  const value = { gpu: await gpuFor(request) };
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true, writable: true });
}
