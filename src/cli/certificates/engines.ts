// Who multiplies the checker's matrices: two engines, which have to agree that a certificate is a proof.
import { type Products, plainProducts } from '../../certify/backward.js';
import type { Runtime } from '../../program/session.js';
import type { EngineName } from './engine-names.js';
import { createRuntimeProducts } from './runtime-products.js';

const engines: Readonly<Record<EngineName, (runtime: Runtime) => Products>> = {
  /** Plain loops, without any dependency. */
  typescript: () => plainProducts,
  /** Float64 on ONNX Runtime, in whatever order it sums. */
  onnxruntime: createRuntimeProducts,
};

export const productsOf = (name: EngineName, runtime: Runtime): Products => engines[name](runtime);
