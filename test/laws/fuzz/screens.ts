// A coverage criterion by itself: its two questions compiled for one model.
import type { Tensor } from '../../../src/base/tensor.js';
import type { CoverageCriterion, Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { watched } from '../../../src/fuzz/objectives/watched.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import type { Value } from '../../../src/program/value.js';
import { inline } from '../../helpers/programs.js';

export type Rows = { readonly data: Float32Array; readonly width: number };

export type Questions = {
  /** Row after row, `width` numbers each. */
  profile(x: Tensor): Promise<Rows>;
  novelty(x: Tensor, snapshot: Snapshot): Promise<Float32Array>;
  /** @param entries parents of the rows */
  suspicion(x: Tensor, entries: readonly number[], snapshot: Snapshot): Promise<Float32Array>;
};

/** undefined where the criterion has nothing to cover. */
export async function questionsOf(
  criterion: CoverageCriterion,
  model: TypedModel,
): Promise<Questions | undefined> {
  const p = new Program();
  const x = p.input('x', 'float32', model.input.shape);
  const entry = p.input('entry', 'int64', model.input.shape.slice(0, 1));
  const encoding = { ...watched(p, model, x), violated: p.greater(x, 0), margin: undefined, losses: [] };
  const [asked, screened] = [criterion.profile(p, encoding), criterion.screen(p, encoding, entry)];
  if (asked === undefined || screened === undefined) return undefined;
  const session = async (value: Value) => {
    const { run } = await compile(p, { value }, inline);
    return async (feeds: Readonly<Record<string, Tensor>>) =>
      ((await run(feeds)).value as Tensor<'float32'>).data;
  };
  const [profile, novelty, suspicion] = [
    await session(asked.profile),
    await session(asked.novelty),
    await session(screened),
  ];
  return {
    profile: async (inputs) => {
      const data = await profile({ x: inputs });
      return { data, width: data.length / (inputs.shape[0] ?? 1) };
    },
    novelty: (inputs, { feeds }) => novelty({ x: inputs, ...feeds }),
    suspicion: (inputs, entries, { feeds }) => {
      const data = BigInt64Array.from(entries, BigInt);
      return suspicion({ x: inputs, entry: { dtype: 'int64', shape: [entries.length], data }, ...feeds });
    },
  };
}

export async function questions(criterion: CoverageCriterion, model: TypedModel): Promise<Questions> {
  const found = await questionsOf(criterion, model);
  if (found === undefined) throw new Error(`${criterion.name} has nothing to cover`);
  return found;
}

export const rowOf = ({ data, width }: Rows, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);
