// Marauder as a library: the parts that a program of your own can build on. The command line is in cli/.
export { discoverTypes } from './backends/discover-types.js';
export { UserError } from './base/user-error.js';
export { parseReport } from './findings/schema.js';
export { loadModel } from './onnx/load.js';
export { boundModel } from './ops/bound-model.js';
export { lowerModel } from './ops/lower-model.js';
export { parsePolicy } from './policy/parse.js';
export { compile } from './program/compile.js';
export { grad } from './program/grad.js';
export { createInlineRuntime } from './program/inline-runtime.js';
export { Program } from './program/program.js';
export { createWorkerRuntime } from './program/worker-runtime.js';
