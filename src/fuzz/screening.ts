// The fuzzer's programs. `screen` mutates a batch and judges every child with one small number per question; `profile`
// gives what coverage criteria need to know of the few children that passed.
import { greatestFinite } from '../base/dtype.js';
import { float32, joined, rows, type Tensor } from '../base/tensor.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import { compile } from '../program/compile.js';
import type { Dim } from '../program/dims.js';
import { Program } from '../program/program.js';
import type { Feeds, Results, Runtime } from '../program/session.js';
import type { Value } from '../program/value.js';
import type { Batch } from './batches.js';
import type { CoverageCriterion } from './coverage/criterion.js';
import type { Mutator } from './mutators/mutator.js';

/** Per row of a batch. */
export type Screened = {
  /** The children, row after row. */
  readonly inputs: Float32Array;
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
  /** @param state feeds of the criteria's states */
  screen(batch: Batch, state: Feeds): Promise<Screened>;
  /** The children alone. */
  mutate(batch: Batch): Promise<Tensor<'float32'>>;
  /** Profiles per criterion, row after row. @param inputs [rows, ...input] */
  profile(inputs: Tensor<'float32'>): Promise<readonly Float32Array[]>;
};

export type ScreeningParts = {
  readonly encode: Encode;
  readonly criteria: readonly CoverageCriterion[];
  readonly mutator: Mutator;
  readonly set: InputSet;
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
    inputs: children,
    violated: p.greater(p.add(p.cast(encoding.violated, 'float32'), zero), 0.5),
    nonFinite: encoding.nonFinite,
    ...(encoding.margin && { margin: encoding.margin }),
    ...Object.fromEntries(novelties.map((novelty, at) => [`novelty${at}`, novelty])),
  };
  const session = await compile(p, outputs, runtime);
  const mutation = await compile(p, { inputs: children }, runtime);
  const { criteria, profile } = await compileProfile(parts, batch, runtime);
  return {
    criteria,
    profile,
    screen: async ({ feeds }, state) => screened(await session.run({ ...feeds, ...state }), criteria.length),
    mutate: async ({ rows: count, feeds: { target: _, ...feeds } }) =>
      float32(floats((await mutation.run(feeds)).inputs), [count, ...parts.set.shape]),
  };
}

/** Inputs of every batch, and the children made of them. Boxes are constants, chosen by instance where there are several. */
function encodeMutation(
  p: Program,
  { set, mutator }: ScreeningParts,
  batch: Dim,
): { children: Value; target: Value } {
  const inputs = p.input('parents', 'float32', [batch, ...set.shape]);
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
  inputs: floats(results.inputs),
  violated: flags(results.violated),
  nonFinite: flags(results.nonFinite),
  margin: results.margin && floats(results.margin),
  novelty: Array.from({ length: criteria }, (_, at) => floats(results[`novelty${at}`])),
});
