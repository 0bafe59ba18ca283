// The fuzzer's programs. `screen` mutates a batch and judges every child with one small number per question; `profile`
// gives what coverage criteria need to know of the few children that passed.
import { greatestFinite } from '../base/dtype.js';
import { float32, joined, rows, type Tensor } from '../base/tensor.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import { compile } from '../program/compile.js';
import type { Dim } from '../program/dims.js';
import { Program } from '../program/program.js';
import type { Feeds, Results, Runtime, Shared } from '../program/session.js';
import type { Value } from '../program/value.js';
import { type Batch, mutationFeeds, selectRows, targetFeed } from './batches.js';
import type { Corpus } from './corpus.js';
import type { CoverageCriterion, Profile } from './coverage/criterion.js';
import type { Mutator } from './mutators/mutator.js';

/** Per row of a batch. */
export type Screened = {
  readonly violated: Uint8Array;
  readonly nonFinite: Uint8Array;
  /** undefined where the property has none. */
  readonly margin: Float32Array | undefined;
  /** Per criterion; positive where the row may be new. */
  readonly suspicion: readonly Float32Array[];
};

/** Some children, looked at closely. */
export type Inspected = {
  /** [rows, ...input] */
  readonly inputs: Tensor<'float32'>;
  /** Per criterion. */
  readonly profiled: readonly Profiled[];
};

/** Row after row. */
export type Profiled = {
  /** Positive exactly where the row is new to what was shared. */
  readonly novelty: Float32Array;
  readonly profiles: Float32Array;
};

export type Screening = {
  /** Those of the criteria that the model has something to cover for. */
  readonly criteria: readonly CoverageCriterion[];
  /** Corpus and coverage, as a round of batches sees them; to be released after it. */
  share(corpus: Corpus, state: Feeds): Shared;
  screen(batch: Batch, shared: Shared): Promise<Screened>;
  /** The children themselves, [rows, ...input]: screening keeps them in the graph, because few are ever looked at. */
  children(batch: Batch, shared: Shared): Promise<Tensor<'float32'>>;
  /** The children and what each criterion makes of them. */
  inspect(batch: Batch, shared: Shared): Promise<Inspected>;
  /** Profiles alone, per criterion: before there is a corpus to compare with. */
  firstProfiles(inputs: Tensor<'float32'>): Promise<readonly Float32Array[]>;
};

export type ScreeningParts = {
  readonly encode: Encode;
  readonly criteria: readonly CoverageCriterion[];
  readonly mutator: Mutator;
  readonly set: InputSet;
  /** Reference class per instance. */
  readonly targets: Int32Array;
  readonly batched: boolean;
};

export async function compileScreening(parts: ScreeningParts, runtime: Runtime): Promise<Screening> {
  const { set, targets } = parts;
  const batch: Dim = parts.batched ? 'batch' : 1;
  const screen = await compileScreen(parts, batch, runtime);
  const profiling = await compileProfile(parts, batch, runtime);
  return {
    ...profiling,
    share: (corpus, state) =>
      runtime.share({ corpus: float32(corpus.inputs, [corpus.size, ...set.shape]), ...state }),
    screen: async (rowsOf, shared) => {
      const feeds = { ...mutationFeeds(rowsOf, set), ...targetFeed(rowsOf, set, targets) };
      return screened(await screen.judge.run(feeds, shared), profiling.criteria.length);
    },
    children: async (rowsOf, shared) => {
      const { children } = await screen.mutate.run(mutationFeeds(rowsOf, set), shared);
      return float32(floats(children), [rowsOf.rows, ...set.shape]);
    },
  };
}

/** Two sessions of one program: the judgements on children, and the children. */
async function compileScreen(parts: ScreeningParts, batch: Dim, runtime: Runtime) {
  const p = new Program();
  const { children, entry, target } = encodeMutation(p, parts, batch);
  const encoding = parts.encode(p, children, p.cast(target, 'int64'));
  const suspicions = parts.criteria.flatMap((criterion) => criterion.screen(p, encoding, entry) ?? []);
  // The target takes part whether or not the property reads it, so that every program has the same inputs.
  const zero = p.mul(p.cast(target, 'float32'), 0);
  const outputs: Record<string, Value> = {
    violated: p.greater(p.add(p.cast(encoding.violated, 'float32'), zero), 0.5),
    nonFinite: encoding.nonFinite,
    ...(encoding.margin && { margin: encoding.margin }),
    ...Object.fromEntries(suspicions.map((value, at) => [`suspicion${at}`, value])),
  };
  return {
    judge: await compile(p, outputs, runtime),
    mutate: await compile(p, { children }, runtime),
  };
}

/** Inputs of every batch, and the children made of them. Boxes are constants, chosen by instance where there are several. */
function encodeMutation(
  p: Program,
  { set, mutator }: ScreeningParts,
  batch: Dim,
): { children: Value; entry: Value; target: Value } {
  const corpus = p.input('corpus', 'float32', ['corpus', ...set.shape]);
  const entry = p.cast(p.input('entry', 'int32', [batch]), 'int64');
  const inputs = p.gather(corpus, entry, 0);
  const parameters = p.input('parameters', 'float32', [batch, mutator.parameters]);
  const [lower, upper] = [p.constant(set.lower), p.constant(set.upper)];
  // The greatest float32 where it is wider: no change times infinity would be NaN.
  const width = p.min(p.sub(upper, lower), greatestFinite.float32);
  const instance =
    set.lower.shape[0] === 1 ? undefined : p.cast(p.input('instance', 'int32', [batch]), 'int64');
  const boxOf = (bounds: Value) => (instance === undefined ? bounds : p.gather(bounds, instance, 0));
  const parents = { inputs, lower: boxOf(lower), upper: boxOf(upper), width: boxOf(width) };
  return {
    children: mutator.encode(p, parents, parameters),
    entry,
    target: p.input('target', 'int32', [batch]),
  };
}

/** Profiles of given inputs, for the start; and of children, which come with them, for everything after. */
async function compileProfile(parts: ScreeningParts, batch: Dim, runtime: Runtime) {
  const first = new Program();
  const start = profilesOf(first, parts, first.input('x', 'float32', [batch, ...parts.set.shape]), batch);
  const p = new Program();
  const { children } = encodeMutation(p, parts, batch);
  const used = profilesOf(p, parts, children, batch);
  const inspection = await compile(p, { ...outputsOf(used), children }, runtime);
  const alone = start.length === 0 ? undefined : await compile(first, profileOutputs(start), runtime);
  return {
    criteria: used.map(({ criterion }) => criterion),
    inspect: async (rowsOf: Batch, shared: Shared): Promise<Inspected> => {
      const step = batch === 1 ? 1 : Math.max(rowsOf.rows, 1);
      const all = gathered(
        await Promise.all(
          partsOf(rowsOf, step).map((part) => inspection.run(mutationFeeds(part, parts.set), shared)),
        ),
      );
      return {
        inputs: float32(all('children'), [rowsOf.rows, ...parts.set.shape]),
        profiled: used.map((_, at) => ({ novelty: all(`novelty${at}`), profiles: all(`profile${at}`) })),
      };
    },
    firstProfiles: async (inputs: Tensor<'float32'>): Promise<Float32Array[]> => {
      if (alone === undefined) return [];
      const all = gathered(
        await Promise.all(batchesOf(inputs, batch === 1 ? 1 : rowsPerProfile).map((x) => alone.run({ x }))),
      );
      return used.map((_, at) => all(`profile${at}`));
    },
  };
}

/** No profile reads the reference class, so its input is dropped with all that does. */
function profilesOf(p: Program, { encode, criteria }: ScreeningParts, x: Value, batch: Dim) {
  const encoding = encode(p, x, p.cast(p.input('target', 'int32', [batch]), 'int64'));
  return criteria.flatMap((criterion) => {
    const profile = criterion.profile(p, encoding);
    return profile === undefined ? [] : [{ criterion, ...profile }];
  });
}

const profileOutputs = (used: readonly Profile[]): Record<string, Value> =>
  Object.fromEntries(used.map(({ profile }, at) => [`profile${at}`, profile]));

const outputsOf = (used: readonly Profile[]): Record<string, Value> => ({
  ...profileOutputs(used),
  ...Object.fromEntries(used.map(({ novelty }, at) => [`novelty${at}`, novelty])),
});

/** One output of several runs, joined. */
const gathered =
  (results: readonly Results[]) =>
  (name: string): Float32Array =>
    joined(results.map((result) => floats(result[name])));

/** A batch in parts of some rows. */
const partsOf = (whole: Batch, size: number): Batch[] =>
  Array.from({ length: Math.ceil(whole.rows / size) }, (_, at) =>
    selectRows(
      whole,
      Array.from({ length: Math.min(size, whole.rows - at * size) }, (_row, row) => at * size + row),
    ),
  );

const rowsPerProfile = 512;

/** The rows in parts of a size. */
function batchesOf(inputs: Tensor<'float32'>, size: number): Tensor<'float32'>[] {
  const count = inputs.shape[0] ?? 0;
  return Array.from({ length: Math.ceil(count / size) }, (_, at) =>
    rows(inputs, at * size, Math.min((at + 1) * size, count)),
  );
}

const floats = (value: Tensor | undefined): Float32Array => {
  if (value?.dtype !== 'float32') throw new TypeError('a program gave no float32 result');
  return (value as Tensor<'float32'>).data;
};

const flags = (value: Tensor | undefined): Uint8Array => {
  if (value?.dtype !== 'bool') throw new TypeError('a program gave no boolean result');
  return (value as Tensor<'bool'>).data;
};

const screened = (results: Results, criteria: number): Screened => ({
  violated: flags(results.violated),
  nonFinite: flags(results.nonFinite),
  margin: results.margin && floats(results.margin),
  suspicion: Array.from({ length: criteria }, (_, at) => floats(results[`suspicion${at}`])),
});
