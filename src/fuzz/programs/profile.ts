// What coverage criteria need to know of given inputs: the seeds, and the few children that passed the screens.
import { joined } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
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
  inspect(inputs: Float32Array, ...shared: readonly Shared[]): Promise<readonly Profiled[]>;
  /** Profiles alone, per criterion: before there is anything to compare with. */
  profiles(inputs: Float32Array): Promise<readonly Float32Array[]>;
};

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
  const outputs = (pick: 'profile' | 'novelty'): Record<string, Value> =>
    Object.fromEntries(used.map((one, at) => [`${pick}${at}`, one[pick]]));
  const nothing = used.length === 0;
  const alone = nothing ? undefined : await compile(p, outputs('profile'), runtime);
  const compared = nothing
    ? undefined
    : await compile(p, { ...outputs('profile'), ...outputs('novelty') }, runtime);
  const { size } = fuzzed.set;
  const run = async (session: typeof alone, inputs: Float32Array, ...shared: readonly Shared[]) => {
    const results = await inParts(inputs.length / size, fuzzed.batched ? rowsPerProfile : 1, (from, to) =>
      (session ?? absent()).run({ x: inputsOf(inputs.subarray(from * size, to * size), fuzzed) }, ...shared),
    );
    return (name: string) => joined(results.map((result) => floats(result[name])));
  };
  return {
    criteria: used.map(({ criterion }) => criterion),
    inspect: async (inputs, ...shared) => {
      const of = await run(compared, nothing ? new Float32Array() : inputs, ...shared);
      return used.map((_, at) => ({ novelty: of(`novelty${at}`), profiles: of(`profile${at}`) }));
    },
    profiles: async (inputs) => {
      const of = await run(alone, nothing ? new Float32Array() : inputs);
      return used.map((_, at) => of(`profile${at}`));
    },
  };
}

const absent = (): never => {
  throw new RangeError('no criterion has anything to cover');
};
