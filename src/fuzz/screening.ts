// The fuzzer's two programs: `screen` judges every execution with one small number per question, `profile` gives what
// coverage criteria need to know of the few rows that passed.
import type { Tensor } from '../base/tensor.js';
import type { Encode } from '../ops/encoding.js';
import { compile } from '../program/compile.js';
import type { Dims } from '../program/dims.js';
import { Program } from '../program/program.js';
import type { Feeds, Results, Runtime } from '../program/session.js';
import type { Value } from '../program/value.js';
import type { CoverageCriterion } from './coverage/criterion.js';

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
  /** @param state feeds of the criteria's states */
  screen(inputs: Tensor, targets: Tensor, state: Feeds): Promise<Screened>;
  /** Profiles per criterion, row after row. */
  profile(inputs: Tensor): Promise<readonly Float32Array[]>;
};

/** @param shape of a batch of inputs */
export async function compileScreening(
  encode: Encode,
  criteria: readonly CoverageCriterion[],
  shape: Dims,
  runtime: Runtime,
): Promise<Screening> {
  const p = new Program();
  const x = p.input('x', 'float32', shape);
  const target = p.input('target', 'int32', [shape[0] ?? 1]);
  const encoding = encode(p, x, p.cast(target, 'int64'));
  const used = criteria.flatMap((criterion) => {
    const screening = criterion.encode(p, encoding);
    return screening === undefined ? [] : [{ criterion, ...screening }];
  });
  // The target takes part whether or not the property reads it, so that every program has the same inputs.
  const zero = p.mul(p.cast(target, 'float32'), 0);
  const outputs: Record<string, Value> = {
    violated: p.greater(p.add(p.cast(encoding.violated, 'float32'), zero), 0.5),
    nonFinite: encoding.nonFinite,
    ...(encoding.margin && { margin: encoding.margin }),
    ...Object.fromEntries(used.map(({ novelty }, at) => [`novelty${at}`, novelty])),
  };
  const session = await compile(p, outputs, runtime);
  const profiles = await compile(
    p,
    Object.fromEntries(used.map(({ profile }, at) => [`profile${at}`, profile])),
    runtime,
  );
  return {
    criteria: used.map(({ criterion }) => criterion),
    screen: async (inputs, targets, state) =>
      screened(await session.run({ x: inputs, target: targets, ...state }), used.length),
    profile: async (inputs) => {
      const results = await profiles.run({ x: inputs });
      return used.map((_, at) => floats(results[`profile${at}`]));
    },
  };
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
