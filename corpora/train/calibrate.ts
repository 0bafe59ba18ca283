// Ranges of activations for quantisation, seen by running the float model with its inner values as outputs.
import { toNumbers } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { encodeModel } from '../../src/onnx/encode.js';
import type { Runtime } from '../../src/program/session.js';
import type { Samples } from './data.js';
import { INPUT } from './export.js';
import type { Calibration } from './quantise.js';

/** The greatest value behind every Relu over all samples. */
export async function calibrate(model: Model, { images }: Samples, runtime: Runtime): Promise<Calibration> {
  const relus = model.graph.nodes.filter(({ type }) => type === 'Relu');
  const outputs = relus.flatMap((node) =>
    node.outputs.map((name) => ({ name, dtype: 'float32' as const, shape: undefined })),
  );
  const session = await runtime.open(encodeModel({ ...model, graph: { ...model.graph, outputs } }));
  const results = await session.run({ [INPUT]: images });
  const greatest = (name = '') => {
    const found = results[name];
    if (found === undefined) throw new Error(`no value "${name}"`);
    return toNumbers(found).reduce((most, value) => Math.max(most, value), 0);
  };
  return new Map(relus.map(({ name, outputs: [output] }) => [name, greatest(output)]));
}
