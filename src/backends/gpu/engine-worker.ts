// The worker thread of one executable: gpu.js blocks its thread in WebAssembly mode, and finds WebGPU as a global.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../base/user-error.js';
import { type Engine, type EngineRun, openEngine } from './engine.js';
import type { GpuReply, GpuRequest } from './messages.js';
import { provideWebGpu } from './webgpu.js';

const port = parentPort;
if (port === null) throw new Error('engine-worker.js runs only as a worker thread');

let engine: Engine | undefined;

async function answer(request: GpuRequest): Promise<EngineRun | undefined> {
  if (request.kind === 'open') {
    if (request.adapter !== undefined) await provideWebGpu(request.adapter);
    engine = await openEngine(request.plan, request.mode);
    // Compiles the smallest batch, so that a device that cannot run the kernels says so now.
    await engine.run(new Float32Array(request.plan.features), 1);
    return undefined;
  }
  if (engine === undefined) throw new Error('the engine is not open');
  if (request.kind === 'run') return engine.run(request.input, request.rows);
  engine.setCorpus(request.corpus, request.entries);
  return undefined;
}

const send = (reply: GpuReply): void => {
  const { results } = { results: undefined, ...reply };
  const arrays = [results?.output, results?.nonFinite, results?.nearest];
  port.postMessage(
    reply,
    arrays.flatMap((array) => (array === undefined ? [] : [array.buffer as ArrayBuffer])),
  );
};

// One request after the other: runs of one pipeline must not overtake a new corpus.
let last: Promise<void> = Promise.resolve();
port.on('message', (request: GpuRequest) => {
  last = last.then(async () => {
    try {
      send({ kind: 'done', id: request.id, results: await answer(request) });
    } catch (error) {
      send({ kind: 'failed', id: request.id, message: messageOf(error) });
    }
  });
});
