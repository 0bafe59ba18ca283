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
import { type Batch, mutationFeeds, targetFeed } from './batches.js';
import type { Corpus } from './corpus.js';
import type { CoverageCriterion } from './coverage/criterion.js';
import type { Mutator } from './mutators/mutator.js';

/** Per row of a batch. */
export type Screened = {
  readonly violated: Uint8Array;
  readonly nonFinite: Uint8Array;
  /** undefined where the property has none. */
  readonly margin: Float32Array | undefined;
  /** Per criterion; positive where the row may be new. */
  readonly novelty: readonly Float32Array[];
};

export type Screening = {
  /** Those of the criteria that the model has something to cover for. */
  readonly criteria: readonly CoverageCriterion[];
  /** Corpus and coverage, as a round of batches sees them; to be released after it. */
  share(corpus: Corpus, state: Feeds): Shared;
  screen(batch: Batch, shared: Shared): Promise<Screened>;
  /** The children themselves, [rows, ...input]: screening keeps them in the graph, because few are ever looked at. */
  children(batch: Batch, shared: Shared): Promise<Tensor<'float32'>>;
  /** Profiles per criterion, row after row. @param inputs [rows, ...input] */
  profile(inputs: Tensor<'float32'>): Promise<readonly Float32Array[]>;
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
  const p = new Program();
  const batch: Dim = parts.batched ? 'batch' : 1;
  const { children, target } = encodeMutation(p, parts, batch);
  const encoding = parts.encode(p, children, p.cast(target, 'int64'));
  const novelties = covered(p, parts, encoding).map(({ novelty }) => novelty);
  // The target takes part whether or not the property reads it, so that every program has the same inputs.
  const zero = p.mul(p.cast(target, 'float32'), 0);
  const outputs: Record<string, Value> = {
    violated: p.greater(p.add(p.cast(encoding.violated, 'float32'), zero), 0.5),
    nonFinite: encoding.nonFinite,
    ...(encoding.margin && { margin: encoding.margin }),
    ...Object.fromEntries(novelties.map((novelty, at) => [`novelty${at}`, novelty])),
  };
  const session = await compile(p, outputs, runtime);
  const mutation = await compile(p, { children }, runtime);
  const { criteria, profile } = await compileProfile(parts, batch, runtime);
  const { set, targets } = parts;
  return {
    criteria,
    profile,
    share: (corpus, state) =>
      runtime.share({ corpus: float32(corpus.inputs, [corpus.size, ...set.shape]), ...state }),
    screen: async (rowsOf, shared) => {
      const feeds = { ...mutationFeeds(rowsOf, set), ...targetFeed(rowsOf, set, targets) };
      return screened(await session.run(feeds, shared), criteria.length);
    },
    children: async (rowsOf, shared) =>
      float32(floats((await mutation.run(mutationFeeds(rowsOf, set), shared)).children), [
        rowsOf.rows,
        ...set.shape,
      ]),
  };
}

/** Inputs of every batch, and the children made of them. Boxes are constants, chosen by instance where there are several. */
function encodeMutation(
  p: Program,
  { set, mutator }: ScreeningParts,
  batch: Dim,
): { children: Value; target: Value } {
  const corpus = p.input('corpus', 'float32', ['corpus', ...set.shape]);
  const inputs = p.gather(corpus, p.cast(p.input('entry', 'int32', [batch]), 'int64'), 0);
  const parameters = p.input('parameters', 'float32', [batch, mutator.parameters]);
  const [lower, upper] = [p.constant(set.lower), p.constant(set.upper)];
  // The greatest float32 where it is wider: no change times infinity would be NaN.
  const width = p.min(p.sub(upper, lower), greatestFinite.float32);
  const instance =
    set.lower.shape[0] === 1 ? undefined : p.cast(p.input('instance', 'int32', [batch]), 'int64');
  const boxOf = (bounds: Value) => (instance === undefined ? bounds : p.gather(bounds, instance, 0));
  const parents = { inputs, lower: boxOf(lower), upper: boxOf(upper), width: boxOf(width) };
  return { children: mutator.encode(p, parents, parameters), target: p.input('target', 'int32', [batch]) };
}

const covered = (p: Program, { criteria }: ScreeningParts, encoding: ReturnType<Encode>) =>
  criteria.flatMap((criterion) => {
    const screening = criterion.encode(p, encoding);
    return screening === undefined ? [] : [{ criterion, ...screening }];
  });

async function compileProfile(parts: ScreeningParts, batch: Dim, runtime: Runtime) {
  const p = new Program();
  const x = p.input('x', 'float32', [batch, ...parts.set.shape]);
  // No profile reads the reference class, so this input is dropped with all that does.
  const encoding = parts.encode(p, x, p.cast(p.input('target', 'int32', [batch]), 'int64'));
  const used = covered(p, parts, encoding);
  const outputs = Object.fromEntries(used.map(({ profile }, at) => [`profile${at}`, profile]));
  const session = used.length === 0 ? undefined : await compile(p, outputs, runtime);
  return {
    criteria: used.map(({ criterion }) => criterion),
    profile: async (inputs: Tensor<'float32'>) => {
      const parts = await Promise.all(
        batchesOf(inputs, batch === 1 ? 1 : rowsPerProfile).map((x) => session?.run({ x })),
      );
      return used.map((_, at) => joined(parts.map((results) => floats(results?.[`profile${at}`]))));
    },
  };
}

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
  novelty: Array.from({ length: criteria }, (_, at) => floats(results[`novelty${at}`])),
});
