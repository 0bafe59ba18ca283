// A coverage criterion by itself: its two questions compiled for one model.
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { CalibratedCriterion } from '../../../src/fuzz/coverage/calibrated.js';
import type { CoverageCriterion, Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { watched } from '../../../src/fuzz/objectives/watched.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import type { Feeds } from '../../../src/program/session.js';
import type { Value } from '../../../src/program/value.js';
import { inline } from '../../helpers/programs.js';

export type Rows = { readonly data: Float32Array; readonly width: number };

export type Questions = {
  readonly screens: boolean;
  /** Row after row, `width` numbers each. */
  profile(x: Tensor): Promise<Rows>;
  novelty(x: Tensor, snapshot: Snapshot): Promise<Float32Array>;
  /** The same of profiles. Throws where the criterion does not compare them. */
  compare(profiles: Rows, snapshot: Snapshot): Promise<Float32Array>;
  /** Throws where the criterion has none. */
  score(x: Tensor, snapshot: Snapshot): Promise<Float32Array>;
  /**
   * Throws where the criterion does not screen.
   * @param parents of the rows: positions among what `parentFeeds` is about
   */
  suspicion(
    x: Tensor,
    parents: readonly number[],
    snapshot: Snapshot,
    parentFeeds?: Feeds,
  ): Promise<Float32Array>;
};

/** undefined where the criterion has nothing to cover. */
export async function questionsOf(
  criterion: CoverageCriterion & Pick<Partial<CalibratedCriterion>, 'score'>,
  model: TypedModel,
): Promise<Questions | undefined> {
  const p = new Program();
  const x = p.input('x', 'float32', model.input.shape);
  const parent = p.input('parent', 'int64', model.input.shape.slice(0, 1));
  const encoding = { ...watched(p, model, x).seen, violated: p.greater(x, 0), margin: undefined, losses: [] };
  const [asked, screened] = [criterion.profile(p, encoding), criterion.screen?.(p, encoding, parent)];
  if (asked === undefined) return undefined;
  const session = async (value: Value) => {
    const { run } = await compile(p, { value }, inline);
    return async (feeds: Readonly<Record<string, Tensor>>) =>
      ((await run(feeds)).value as Tensor<'float32'>).data;
  };
  const [profile, novelty, suspicion] = [
    await session(asked.profile),
    await session(asked.novelty),
    screened && (await session(screened)),
  ];
  const rows = p.input('profile', 'float32', asked.profile.shape);
  const comparison = criterion.compare?.(p, rows);
  const compare = comparison && (await session(comparison));
  const scored = criterion.score?.(p, encoding);
  const score = scored && (await session(scored));
  return {
    score: async (inputs, { feeds, table }) => {
      if (score === undefined) throw new Error(`${criterion.name} has no score`);
      return score({ x: inputs, ...feeds, ...table });
    },
    compare: async ({ data, width }, { feeds, table }) => {
      if (compare === undefined) throw new Error(`${criterion.name} compares no profiles`);
      return compare({ profile: float32(data, [data.length / width, width]), ...feeds, ...table });
    },
    screens: suspicion !== undefined,
    profile: async (inputs) => {
      const data = await profile({ x: inputs });
      return { data, width: data.length / (inputs.shape[0] ?? 1) };
    },
    novelty: (inputs, { feeds, table }) => novelty({ x: inputs, ...feeds, ...table }),
    suspicion: async (inputs, parents, { feeds }, parentFeeds) => {
      if (suspicion === undefined) throw new Error(`${criterion.name} does not screen`);
      const data = BigInt64Array.from(parents, BigInt);
      const parent = { dtype: 'int64', shape: [parents.length], data } as const;
      return suspicion({ x: inputs, parent, ...feeds, ...parentFeeds });
    },
  };
}

export async function questions(
  criterion: Parameters<typeof questionsOf>[0],
  model: TypedModel,
): Promise<Questions> {
  const found = await questionsOf(criterion, model);
  if (found === undefined) throw new Error(`${criterion.name} has nothing to cover`);
  return found;
}

/** Outputs of each row. */
export async function outputsOf(model: TypedModel): Promise<(x: Tensor) => Promise<number[][]>> {
  const p = new Program();
  const { output } = watched(p, model, p.input('x', 'float32', model.input.shape)).seen;
  const { run } = await compile(p, { output: p.cast(p.mergeInto(output.value, 1), 'float32') }, inline);
  return async (x) => {
    const { data, shape } = (await run({ x })).output as Tensor<'float32'>;
    const width = shape[1] ?? 0;
    return Array.from({ length: shape[0] ?? 0 }, (_, row) => [
      ...data.subarray(row * width, (row + 1) * width),
    ]);
  };
}

/** Activations of the hidden layers of each row; channels are averaged over space. */
export async function activationsOf(model: TypedModel): Promise<(x: Tensor) => Promise<number[][][]>> {
  const p = new Program();
  const { hidden } = watched(p, model, p.input('x', 'float32', model.input.shape)).seen;
  const layers = hidden.map(({ value }, at) => {
    const spatial = value.shape.slice(2).map((_, axis) => axis + 2);
    return [`layer${at}`, p.mergeInto(p.reduceMean(value, spatial), 1)] as const;
  });
  const { run } = await compile(p, Object.fromEntries(layers), inline);
  return async (x) => {
    const values = await run({ x });
    return Array.from({ length: x.shape[0] ?? 0 }, (_, row) =>
      layers.map(([name, { shape }]) => {
        const width = Number(shape[1]);
        return [...(values[name] as Tensor<'float32'>).data.subarray(row * width, (row + 1) * width)];
      }),
    );
  };
}

export const rowOf = ({ data, width }: Rows, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);
