// What is run as fast as possible: a network, its file, and many seeds with a box each.
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { createRng } from '../../../../src/base/rng.js';
import { rows } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import type { Kept } from '../../../../src/fuzz/seed-corpus.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { decodeModel } from '../../../../src/onnx/decode.js';
import type { Encode } from '../../../../src/ops/encoding.js';
import { boxesAround, hullOf, type InputSet } from '../../../../src/policy/input-set.js';
import { createInlineRuntime } from '../../../../src/program/inline-runtime.js';
import { provablyFinite } from '../../../../src/verify/finite-values.js';
import { pixelRange, testDigits } from '../../examples.js';
import { inTurn, uniformPoints } from '../methods/points.js';
import { type Mnist, mnistRange } from '../networks/mnist.js';
import type { Trained } from '../networks/trained.js';
import { openExample } from '../targets/digits.js';
import { fuzzTarget } from '../targets/target.js';

export type Subject = {
  readonly name: string;
  readonly typed: TypedModel;
  readonly bytes: Uint8Array;
  readonly target: FuzzTarget;
};

/** The example CNN around the 540 test digits. */
export async function cnnSubject(root: string): Promise<Subject> {
  const runtime = createInlineRuntime();
  const { typed, bytes } = await openExample(root, 'digits-cnn', runtime);
  await runtime.close();
  const digits = await testDigits(root);
  const set = boxesAround(digits, 0, 0.1, pixelRange);
  const targets = digits.labels ?? new Int32Array();
  const encode = await asShipped(typed, set);
  return {
    name: 'example CNN',
    typed,
    bytes,
    target: fuzzTarget({ objective: 'robustness', encode, set, targets }),
  };
}

/** The fully connected network around 500 digits. */
export async function mnistSubject({ name, bytes }: Trained, { test }: Mnist): Promise<Subject> {
  const runtime = createInlineRuntime();
  const typed = await discoverTypes(decodeModel(bytes, { file: name }), name, runtime);
  await runtime.close();
  const count = 500;
  const labels = Int32Array.from(test.labels.subarray(0, count));
  const set = boxesAround({ name, inputs: rows(test.images, 0, count), labels }, 0, 0.2, mnistRange);
  const encode = await asShipped(typed, set);
  const target = fuzzTarget({ objective: 'robustness', encode, set, targets: labels });
  return { name: '784-200-100-10', typed, bytes, target };
}

/** As `marauder fuzz` and `marauder check` encode robustness: values that interval bounds prove finite need no watching. */
async function asShipped(typed: TypedModel, set: InputSet): Promise<Encode> {
  const runtime = createInlineRuntime();
  const proven = await provablyFinite(typed, hullOf(set), runtime);
  await runtime.close();
  return objectives.robustness(typed, proven);
}

/** What an earlier run may have kept: distinct inputs, uniform in the boxes in turn. */
export function keptInputs(target: FuzzTarget, count: number): Kept[] {
  const { size } = target.set;
  const seeds = inTurn(target, 0, count);
  const points = uniformPoints(target, seeds, createRng(1, 'kept'));
  return Array.from(seeds, (seed, at) => ({
    input: points.subarray(at * size, (at + 1) * size),
    seed,
    lineage: { parent: seed, by: 'noise', parameters: [], executions: 0 },
  }));
}
