// Why a model does not run on gpu.js: all operators that are missing, or the one node that is used in an uncommon way.
import { UserError } from '../../base/user-error.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { NoKernel } from './kernel.js';
import { kernelOf } from './kernels/index.js';

export function refusal(where: string, model: TypedModel, reason: NoKernel): UserError {
  const missing = withoutKernels(model);
  return new UserError('UNSUPPORTED_MODEL', {
    where,
    problem:
      missing.length > 0
        ? `operators without gpu.js kernels: ${missing.join(', ')}`
        : `the gpu.js backend does not run it: ${reason.message}`,
    hint: 'run it with the backend "onnxruntime"',
  });
}

/** Operators that the output depends on and that have no kernels, in alphabetical order. */
function withoutKernels({ graph, types, folded, output }: TypedModel): string[] {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const seen = new Set<string>();
  const missing = new Set<string>();
  const visit = (name: string): void => {
    const node = producers.get(name);
    if (node === undefined || seen.has(name) || folded.has(name)) return;
    seen.add(name);
    if (kernelOf(node.type, node.domain) === undefined) missing.add(node.type);
    // Shapes are integers, and no kernel reads them.
    for (const input of node.inputs) if (types.get(input)?.dtype !== 'int64') visit(input);
  };
  visit(output.name);
  return [...missing].sort();
}
