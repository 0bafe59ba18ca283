// What coverage criteria need to know of given inputs: the seeds, and the few children that passed the screens.

import { rowsAt } from '../../base/rows.js';
import { float32, joined } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { allDone } from '../all-done.js';
import { rowsIn } from '../coverage/calibrated.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import type { FuzzTarget } from '../target.js';
import { inParts } from './parts.js';
import { inputsOf } from './screen.js';
import { floats } from './screened.js';

/** Row after row. */
export type Profiled = {
  /** Positive exactly where the row is new to what was shared. */
  readonly novelty: Float32Array;
  readonly profiles: Float32Array;
};

export type ProfileProgram = {
  /** Those of the criteria that the model has something to cover for. */
  readonly criteria: readonly CoverageCriterion[];
  /** Per criterion. @param shared snapshots of the states */
  inspect(inputs: Float32Array, isKnown: IsKnown, ...shared: readonly Shared[]): Promise<readonly Profiled[]>;
  /** Profiles alone, per criterion: before there is anything to compare with. */
  profiles(inputs: Float32Array): Promise<readonly Float32Array[]>;
};

/** Whether a row is surely not new to a criterion, so that comparing it with all of the corpus is needless. */
export type IsKnown = (criterion: number, profile: Float32Array, row: number) => boolean;

const rowsPerProfile = 512;

export async function profileProgram(
  fuzzed: FuzzTarget,
  all: readonly CoverageCriterion[],
  runtime: Runtime,
): Promise<ProfileProgram> {
  const p = new Program();
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const x = p.input('x', 'float32', [batch, ...fuzzed.set.shape]);
  // No profile reads the reference class, so its input is dropped with all that does.
  const encoding = fuzzed.encode(p, x, p.cast(p.input('target', 'int32', [batch]), 'int64'));
  const used = all.flatMap((criterion) => {
    const profile = criterion.profile(p, encoding);
    return profile === undefined ? [] : [{ criterion, ...profile }];
  });
  // Criteria that need to know the same of a row share an output: all the neurons are most of what a row sends.
  const twin = used.map(({ profile }) => used.findIndex((other) => other.profile === profile));
  const outputs = (pick: 'profile' | 'novelty'): Record<string, Value> =>
    Object.fromEntries(
      used.flatMap((one, at) => (pick === 'profile' && twin[at] !== at ? [] : [[`${pick}${at}`, one[pick]]])),
    );
  const nothing = used.length === 0;
  const alone = nothing ? undefined : await compile(p, outputs('profile'), runtime);
  const judged = Object.entries(outputs('novelty')).filter(
    (_, at) => used[at]?.criterion.compare === undefined,
  );
  const inspected = nothing
    ? undefined
    : await compile(p, { ...outputs('profile'), ...Object.fromEntries(judged) }, runtime);
  const comparisons = await allDone(
    used.map(({ criterion, profile }) => comparison(criterion, profile, runtime)),
  );
  const { size } = fuzzed.set;
  const profilesOf = (of: (name: string) => Float32Array, at: number) => of(`profile${twin[at]}`);
  const run = async (session: typeof alone, inputs: Float32Array, ...shared: readonly Shared[]) => {
    const results = await inParts(inputs.length / size, fuzzed.batched ? rowsPerProfile : 1, (from, to) =>
      (session ?? absent()).run({ x: inputsOf(inputs.subarray(from * size, to * size), fuzzed) }, ...shared),
    );
    const known = new Map<string, Float32Array>();
    return (name: string) => {
      const all = known.get(name) ?? joinedOrOnly(results.map((result) => floats(result[name])));
      known.set(name, all);
      return all;
    };
  };
  return {
    criteria: used.map(({ criterion }) => criterion),
    inspect: async (inputs, isKnown, ...shared) => {
      const of = await run(inspected, nothing ? new Float32Array() : inputs, ...shared);
      return allDone(
        used.map(async (_, at) => {
          const profiles = profilesOf(of, at);
          const compared = comparisons[at];
          if (compared === undefined) return { novelty: of(`novelty${at}`), profiles };
          const known = (profile: Float32Array, row: number) => isKnown(at, profile, row);
          return { novelty: await compared(profiles, inputs.length / size, known, shared), profiles };
        }),
      );
    },
    profiles: async (inputs) => {
      const of = await run(alone, nothing ? new Float32Array() : inputs);
      return used.map((_, at) => profilesOf(of, at));
    },
  };
}

/** Nearly always there is one, and a copy of it is a quarter of a megabyte for the garbage collector. */
const joinedOrOnly = (parts: readonly Float32Array[]): Float32Array =>
  parts.length === 1 && parts[0] ? parts[0] : joined(parts);

type Comparison = (
  profiles: Float32Array,
  count: number,
  isKnown: (profile: Float32Array, row: number) => boolean,
  shared: readonly Shared[],
) => Promise<Float32Array>;

/** Novelty of the rows that are not known; nothing is more known than the others. */
async function comparison(
  criterion: CoverageCriterion,
  { shape }: Value,
  runtime: Runtime,
): Promise<Comparison | undefined> {
  if (criterion.compare === undefined) return undefined;
  const p = new Program();
  const width = Number(shape[1]);
  const novelty = criterion.compare(p, p.input('profile', 'float32', ['batch', width]));
  const session = await compile(p, { novelty }, runtime);
  return async (profiles, count, isKnown, shared) => {
    const rows = rowsIn(profiles, profiles.length / count);
    const unknown = [...rows.keys()].filter((row) => !isKnown(rows[row] as Float32Array, row));
    const result = new Float32Array(count).fill(-Infinity);
    const parts = await inParts(unknown.length, rowsPerComparison, async (from, to) => {
      const asked = float32(rowsAt(profiles, unknown.slice(from, to), width), [to - from, width]);
      return floats((await session.run({ profile: asked }, ...shared)).novelty);
    });
    joined(parts).forEach((value, at) => {
      result[unknown[at] as number] = value;
    });
    return result;
  };
}

/** So few that their distances to 100,000 entries stay in the cache: 8 rows took 0.1 ms each, 124 rows 0.25 ms each. */
const rowsPerComparison = 8;

const absent = (): never => {
  throw new RangeError('no criterion has anything to cover');
};
