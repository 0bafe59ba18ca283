// A coverage criterion by itself: its two questions compiled for one model.
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { CoverageCriterion, Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { watched } from '../../../src/fuzz/objectives/watched.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { inline } from '../../helpers/programs.js';

export type Screen = {
  /** Row after row, `width` numbers each. */
  profile(x: Tensor): Promise<{ data: Float32Array; width: number }>;
  novelty(x: Tensor, snapshot: Snapshot): Promise<Float32Array>;
};

/** undefined where the criterion has nothing to cover. */
export async function screenOf(criterion: CoverageCriterion, model: TypedModel): Promise<Screen | undefined> {
  const p = new Program();
  const x = p.input('x', 'float32', model.input.shape);
  const nothing = p.greater(x, 0);
  const encoding = { ...watched(p, model, x), violated: nothing, margin: undefined, losses: [] };
  const screening = criterion.encode(p, encoding);
  if (screening === undefined) return undefined;
  const novelty = await compile(p, { novelty: screening.novelty }, inline);
  const profile = await compile(p, { profile: screening.profile }, inline);
  const floats = (value: Tensor | undefined): Float32Array => float32((value as Tensor<'float32'>).data).data;
  return {
    profile: async (inputs) => {
      const data = floats((await profile.run({ x: inputs })).profile);
      return { data, width: data.length / (inputs.shape[0] ?? 1) };
    },
    novelty: async (inputs, { feeds }) => floats((await novelty.run({ x: inputs, ...feeds })).novelty),
  };
}

export const rowOf = ({ data, width }: { data: Float32Array; width: number }, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);
