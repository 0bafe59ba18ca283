// What tells one failure from another: activations of the last hidden layer, or the output where there is none.
import { joined } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import type { FuzzTarget } from '../target.js';
import { inParts } from './parts.js';
import { inputsOf } from './screen.js';
import { floats } from './screened.js';

export type FeatureProgram = {
  /** Features per row. */
  readonly width: number;
  /** Row after row. @param inputs [rows, ...input] */
  features(inputs: Float32Array): Promise<Float32Array>;
};

const rowsPerCall = 512;

export async function featureProgram(
  fuzzed: Pick<FuzzTarget, 'encode' | 'set' | 'batched'>,
  runtime: Runtime,
): Promise<FeatureProgram> {
  const p = new Program();
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const x = p.input('x', 'float32', [batch, ...fuzzed.set.shape]);
  const { hidden, output } = fuzzed.encode(p, x, p.cast(p.input('target', 'int32', [batch]), 'int64'));
  const { value } = hidden.at(-1) ?? output;
  const spatial = value.shape.slice(2).map((_, axis) => axis + 2);
  const features = p.mergeInto(p.reduceMean(p.cast(value, 'float32'), spatial), 1);
  const session = await compile(p, { features }, runtime);
  const { size } = fuzzed.set;
  return {
    width: Number(features.shape[1] ?? 1),
    features: async (inputs) => {
      const parts = await inParts(inputs.length / size, fuzzed.batched ? rowsPerCall : 1, (from, to) =>
        session.run({ x: inputsOf(inputs.subarray(from * size, to * size), fuzzed) }),
      );
      return joined(parts.map((part) => floats(part.features)));
    },
  };
}
