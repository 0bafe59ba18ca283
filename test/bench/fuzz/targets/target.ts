// What an experiment searches: a property as the fuzzer sees it, and what the original models say of one input.
import { type Executable, openExecutable } from '../../../../src/backends/onnxruntime.js';
import { float32, toNumbers } from '../../../../src/base/tensor.js';
import { domainOf } from '../../../../src/fuzz/domain.js';
import { type Limits, withinLimits } from '../../../../src/fuzz/limits.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import type { Encode } from '../../../../src/ops/encoding.js';
import type { InputSet } from '../../../../src/policy/input-set.js';
import type { Runtime } from '../../../../src/program/session.js';

export type Replayed = {
  readonly violated: boolean;
  readonly margin: number | null;
  /** Failures with equal names are one. */
  readonly cluster: string;
};

export type BenchTarget = {
  readonly fuzzed: FuzzTarget;
  /** Runs the files' own bytes at batch size 1. */
  replay(input: Float32Array, instance: number): Promise<Replayed>;
  /** Whether an independent judge gives a failing input its seed's label; undefined where that has no meaning. */
  keepsLabel?(input: Float32Array, seed: number): boolean;
};

export type Parts = {
  readonly objective: string;
  readonly encode: Encode;
  readonly set: InputSet;
  readonly limits?: Limits;
  /** Reference class per instance. */
  readonly targets?: Int32Array;
};

export function fuzzTarget({ objective, encode, set, limits = {}, targets }: Parts): FuzzTarget {
  const instances = set.lower.shape[0] ?? 0;
  return {
    objective,
    encode,
    set,
    domain: domainOf(set),
    limits,
    targets: targets ?? new Int32Array(instances),
    open: Array.from({ length: instances }, (_, at) => at),
    batched: true,
  };
}

/** Whether an input is one that the property speaks of: in its instance's box and within all distances of its seed. */
export function isValid({ set, domain, limits }: FuzzTarget, input: Float32Array, seed: number): boolean {
  const instance = set.instanceOf[seed] ?? 0;
  const row = (data: Float32Array, at: number) => data.subarray(at * set.size, (at + 1) * set.size);
  const box = {
    lower: row(set.lower.data, instance),
    upper: row(set.upper.data, instance),
    integer: domain.integer,
  };
  return withinLimits(input, row(set.seeds.data, seed), limits, box);
}

/** A file's own bytes, asked for one input at a time: the elements of its first output. */
export async function oneByOne(
  model: TypedModel,
  bytes: Uint8Array,
  runtime: Runtime,
): Promise<(input: Float32Array) => Promise<number[]>> {
  const executable: Executable = await openExecutable(model, bytes, runtime);
  const shape = model.input.shape.slice(1).map(Number);
  return async (input) => toNumbers(await executable.run(float32(input, [1, ...shape])));
}
