// What would refute a proof: points tried on the file itself, half of them at random, half by climbing from a seed of its own.
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { type Executable, openExecutable } from '../../../src/backends/onnxruntime.js';
import { noDeadline } from '../../../src/base/deadline.js';
import { createRng, type Rng } from '../../../src/base/rng.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { loadModel } from '../../../src/onnx/load.js';
import type { Disjunct } from '../../../src/policy/vnnlib/property.js';
import { readVnnlib } from '../../../src/policy/vnnlib/read.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Runtime } from '../../../src/program/session.js';
import { admissible, boxCache } from '../../../src/verify/decide/boxes.js';
import { openSearch } from '../../../src/verify/search/search.js';
import type { Instance } from './instances.js';
import { violates } from './replay.js';

export type Refutation = {
  /** Executions of the network. */
  readonly points: number;
  /** Whether one of them is a counterexample: then the proof is wrong. */
  readonly refuted: boolean;
};

type Subject = {
  readonly typed: TypedModel;
  readonly executable: Executable;
  readonly disjuncts: readonly Disjunct[];
  readonly runtime: Runtime;
};

const rowsPerBatch = 500;
/** Of one batch of inputs. */
const elementsPerBatch = 2 ** 21;
const seed = 20_261_129;

/** undefined where the property has several networks. @param points at least so many, but where there is no disjunct */
export async function refute(
  { models, property }: Pick<Instance, 'models' | 'property'>,
  points: number,
): Promise<Refutation | undefined> {
  const [model, other] = models;
  const { disjuncts, networks } = await readVnnlib(property);
  if (model === undefined || other !== undefined || networks.length > 1) return undefined;
  if (disjuncts.length === 0) return { points: 0, refuted: false };
  const runtime = createInlineRuntime();
  try {
    const { model: read, bytes } = await loadModel(model.file);
    const typed = await discoverTypes(read, model.file, runtime);
    const executable = await openExecutable(typed, bytes, runtime);
    const subject = { typed, executable, disjuncts, runtime };
    const sampled = await sample(subject, Math.ceil(points / 2));
    return sampled.refuted ? sampled : await climb(subject, points, sampled.points);
  } finally {
    await runtime.close();
  }
}

async function sample(subject: Subject, wanted: number): Promise<Refutation> {
  const rng = createRng(seed, 'refute');
  const boxOf = boxCache(admissible);
  let points = 0;
  for (let at = 0; points < wanted; at = (at + 1) % subject.disjuncts.length) {
    const disjunct = subject.disjuncts[at] as Disjunct;
    const affordable = Math.max(1, Math.floor(elementsPerBatch / disjunct.lower.length));
    const rows = Math.min(rowsPerBatch, affordable, Math.ceil(wanted / subject.disjuncts.length));
    const inputs = Array.from({ length: rows }, () => pointOf(boxOf(disjunct), rng));
    const refuted = await anyViolates(subject, inputs);
    points += rows;
    if (refuted) return { points, refuted };
  }
  return { points, refuted: false };
}

/** Uniform, a corner, or a corner in some elements only. */
function pointOf({ lower, upper }: ReturnType<typeof admissible>, rng: Rng): Float32Array {
  const share = rng.below(3) / 2;
  return lower.map((least, at) => {
    const most = upper[at] ?? least;
    if (rng.uniform() < share) return rng.below(2) === 0 ? least : most;
    return Math.min(most, Math.max(least, Math.fround(least + rng.uniform() * (most - least))));
  });
}

/** Whichever disjunct a point was made for, it may violate by any. */
async function anyViolates(
  { typed, executable, disjuncts }: Subject,
  inputs: readonly Float32Array[],
): Promise<boolean> {
  const shape = typed.input.shape.slice(1).map(Number);
  const data = new Float32Array(inputs.length * sizeOf(shape));
  inputs.forEach((input, row) => {
    data.set(input, row * sizeOf(shape));
  });
  const outputs = toNumbers(await executable.run(float32(data, [inputs.length, ...shape])));
  const width = outputs.length / inputs.length;
  return inputs.some((x, row) => violates(disjuncts, x, outputs.slice(row * width, (row + 1) * width)));
}

/** The engine's own search: weak evidence for the proof, strong evidence against it. */
async function climb(subject: Subject, wanted: number, before: number): Promise<Refutation> {
  const { typed, disjuncts, runtime } = subject;
  const outputs = sizeOf(typed.output.shape.slice(1).map(Number));
  const boxes = disjuncts.map(boxCache(admissible));
  const search = await openSearch({ model: typed, disjuncts, boxes, outputs }, runtime, seed);
  const effort = { executions: wanted - before, deadline: noDeadline };
  const refuted = await search.run([...disjuncts.keys()], effort, (_, point) =>
    anyViolates(subject, [point]),
  );
  return { points: before + search.executions(), refuted };
}
