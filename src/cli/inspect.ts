// `marauder inspect`: what a model is, what can be done with it, and what memory that takes.
import { resolve } from 'node:path';
import { discoverTypes } from '../backends/discover-types.js';
import { messageOf, UserError } from '../base/user-error.js';
import type { Model } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import { loadModel } from '../onnx/load.js';
import { inspection } from './inspect/inspection.js';
import { inspectionText } from './inspect/text.js';
import type { InspectOptions, Io } from './options.js';
import { createThreads } from './threads.js';

export async function runInspect(options: InspectOptions, io: Io): Promise<number> {
  const file = resolve(io.cwd, options.model);
  const { model, sha256 } = await loadModel(file);
  const typed = await typedModel(model, options.model);
  const found = { file: options.model, sha256, ...inspection(model, typed) };
  io.stdout.write(
    options.json ? `${JSON.stringify(found, null, 2)}\n` : inspectionText(found, options.allNodes, io),
  );
  return 0;
}

/** A model that cannot be run is still worth looking at. */
async function typedModel(model: Model, file: string): Promise<TypedModel | UserError> {
  const runtime = createThreads(1);
  try {
    return await discoverTypes(model, file, runtime);
  } catch (error) {
    if (error instanceof UserError) return error;
    return new UserError('UNSUPPORTED_MODEL', { where: file, problem: messageOf(error) });
  } finally {
    await runtime.close();
  }
}
