// How far the outputs can move, for readers of the report: bounds of the instances that are closest to being violated, where a proof was
// asked for.
import type { Deadline } from '../../base/deadline.js';
import { float32 } from '../../base/tensor.js';
import { closestOf, mostOutputs } from '../../findings/evidence-shown.js';
import type { OutputBounds } from '../../findings/report.js';
import { footprintOf } from '../../graph/footprint.js';
import { Unbounded } from '../../ops/operator.js';
import { ProgramError } from '../../program/program-error.js';
import type { Runtime } from '../../program/session.js';
import type { Boxes } from '../../verify/ibp.js';
import { type BoundMethod, boundOutputs } from '../../verify/output-bounds.js';
import { boundMemoryBytes } from './bound-memory.js';
import { type OpenModel, runOne } from './models.js';
import { seedInputOf } from './seeds.js';
import type { LadderContext, State } from './state.js';
import type { Subject } from './subject.js';
import { verdictOf } from './verdicts.js';

/** Bytes. Of larger networks, whose backward bounds may take longer than all else, bounds are by intervals: time is no measure, so that equal runs have equal reports. */
const smallActivations = 2 ** 18;

export async function boundShown(
  subject: Subject,
  state: State,
  { runtime, progress }: LadderContext,
  deadline: Deadline,
): Promise<void> {
  // Vectors of two inputs, and parameters of a transform, are no inputs of the models.
  const isDirect = subject.pair === undefined && subject.exhibit === undefined;
  if (!isDirect || subject.property.expect !== 'proved' || state.unbounded !== undefined) return;
  if (deadline.expired()) return;
  progress('bounding outputs');
  const own = [...state.bounds.keys()].filter((at) => !state.others.has(at));
  const closest = closestOf(own.map((at) => ({ verdict: verdictOf(subject, state, at, deadline) })));
  const places = own.filter((_, at) => closest.has(at));
  if (places.length === 0) return;
  for (const model of subject.models) {
    const found = await boundsOf(model, subject, places, runtime, deadline);
    places.forEach((place, at) => {
      const bounds = found?.[at];
      if (bounds !== undefined)
        state.outputBounds.set(place, [...(state.outputBounds.get(place) ?? []), bounds]);
    });
  }
}

/** One for each instance; undefined where the model cannot be bounded, or time has ended. */
async function boundsOf(
  model: OpenModel,
  { set }: Subject,
  instances: readonly number[],
  runtime: Runtime,
  deadline: Deadline,
): Promise<OutputBounds[] | undefined> {
  const { typed } = model;
  const method: BoundMethod = footprintOf(typed).activationBytes <= smallActivations ? 'crown' : 'ibp';
  const options = { method, arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline } as const;
  const found = await bounded(() => boundOutputs(typed, boxesOf(set, instances), options, runtime));
  if (found === undefined || deadline.expired()) return undefined;
  const size = found.lower.data.length / instances.length;
  const atRows: ArrayLike<number>[] = [];
  for (const instance of instances) {
    const row = rowOf(set, instance);
    atRows.push(row === undefined ? [] : await runOne(model, row));
  }
  return instances.map((_, at) => {
    const all = Array.from({ length: size }, (__, index) => ({
      index,
      lower: finite(found.lower.data[at * size + index]),
      upper: finite(found.upper.data[at * size + index]),
      atRow: finite(atRows[at]?.[index]),
    }));
    return { model: model.name, method, size, outputs: greatest(all) };
  });
}

/** Of the instance that is around one row. */
function rowOf(set: Subject['set'], instance: number): Float32Array | undefined {
  const seed = set.instanceOf.indexOf(instance);
  const isOnly = set.instanceOf.lastIndexOf(instance) === seed;
  return isOnly && (set.rowOf[seed] ?? -1) >= 0 ? seedInputOf(set, seed).slice() : undefined;
}

async function bounded(bound: () => Promise<Boxes>): Promise<Boxes | undefined> {
  try {
    return await bound();
  } catch (error) {
    if ([Unbounded, ProgramError].some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

function boxesOf({ lower, upper, size, shape }: Subject['set'], instances: readonly number[]): Boxes {
  const side = ({ data }: typeof lower) => {
    const taken = new Float32Array(instances.length * size);
    instances.forEach((instance, at) => {
      taken.set(data.subarray(instance * size, (instance + 1) * size), at * size);
    });
    return float32(taken, [instances.length, ...shape]);
  };
  return { lower: side(lower), upper: side(upper) };
}

type Output = OutputBounds['outputs'][number];

/** Those that may be the greatest, in their order; of which nothing is known may be. */
const greatest = (outputs: readonly Output[]): Output[] =>
  outputs
    .toSorted((a, b) => (b.upper ?? Number.MAX_VALUE) - (a.upper ?? Number.MAX_VALUE))
    .slice(0, mostOutputs)
    .sort((a, b) => a.index - b.index);

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
