// What is fuzzed: a property as search sees it, and the inputs that it ranges over.
import type { Shape } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import type { Encode, Encoding } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Domain } from './domain.js';
import type { Limits } from './limits.js';
import type { SecondOpinion } from './stages/second-opinion.js';

export type FuzzTarget = {
  /** What the main objective is called; those of `also` have their own names. */
  readonly objective: string;
  readonly encode: Encode;
  readonly set: InputSet;
  readonly domain: Domain;
  readonly limits: Limits;
  /** Reference class per instance. */
  readonly targets: Int32Array;
  /** Instances still to be decided; some. */
  readonly open: readonly number[];
  /** Whether the model may be run on several rows at once. */
  readonly batched: boolean;
  /** Where mutants are executed, if not by the fuzzer's own programs. */
  readonly elsewhere?: Elsewhere;
  /** Another implementation of the model, where disagreement with it is an objective. */
  readonly opinion?: SecondOpinion;
};

/** The model on another backend, judged by its outputs. */
export type Elsewhere = {
  /** @param children [rows, ...input] */
  run(children: Tensor<'float32'>): Promise<{
    readonly output: Tensor<'float32'>;
    /** [rows]: 1 where some value on the way was NaN or infinite. */
    readonly nonFinite: Uint8Array;
  }>;
  /** Of one row. */
  readonly outputShape: Shape;
  /** As the target's, of what `run` gives. Its objectives are the same. */
  encode(p: Program, output: Value, nonFinite: Value, target: Value): Encoding;
};

/** NaN and infinity anywhere in the graph: watched for whatever the objectives are. */
export const nonFinite = 'finite';
