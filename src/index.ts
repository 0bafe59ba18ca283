// Marauder as a library: what the commands do, as functions, and the parts that a program of your own can build on. The command line is
// in cli/.
export { discoverTypes } from './backends/discover-types.js';
export { UserError } from './base/user-error.js';
export type { PropertyReport, RunReport } from './findings/report.js';
export { parseReport } from './findings/schema.js';
export type { Verdict, Witness } from './findings/verdict.js';
export { type CheckEvent, type CheckOptions, check } from './library/check.js';
export { type FuzzEvent, type FuzzOptions, fuzz } from './library/fuzz.js';
export { type LoadedPolicy, loadPolicy } from './library/policy.js';
export { type ProveEvent, type ProveOptions, prove } from './library/prove.js';
export { loadModel } from './onnx/load.js';
export { boundModel } from './ops/bound-model.js';
export { lowerModel } from './ops/lower-model.js';
export { compile } from './program/compile.js';
export { grad } from './program/grad.js';
export { createInlineRuntime } from './program/inline-runtime.js';
export { Program } from './program/program.js';
export { createWorkerRuntime } from './program/worker-runtime.js';
