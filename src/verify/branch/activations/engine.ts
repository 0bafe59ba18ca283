// What branching on activations works with: what can be split, bounds at the root, and programs that are open.
import { once } from '../../../base/once.js';
import { float32 } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { ProgramError } from '../../../program/program-error.js';
import type { Bounds } from '../../crown/bounds.js';
import { openCrown } from '../../crown/crown.js';
import type { BranchRequest, OpenDisjunct } from '../types.js';
import { isMixed } from './batching.js';
import type { Engine } from './expand.js';
import { openFixed } from './leaves/fixed.js';
import { createLeaves, type Leaves } from './leaves/leaves.js';
import { openLinearPrograms } from './leaves/linear-program.js';
import { elementsOf, haveCuts, kinksOf, type Neurons, neuronsOf } from './neurons.js';
import { createRecorder, type Recorder } from './recorder.js';
import { refined } from './refine.js';
import { createSessions } from './sessions.js';
import { createSpace, type Space } from './space.js';

/**
 * Steps of Adam for parts, which begin where the part that they were split from ended. Without patience mnist_fc 256x4, property 11 at 0.05,
 * takes 69,593 parts and 170 s; where all leave that are not proved at their pace, 238,109 parts in 300 s do not do; with it 45,981 in 96 s.
 * cifar_base_kw, image 4631, gains little by steps: 180 s, where all leave 213 s.
 */
const partRates = {
  steps: 20,
  slope: 0.05,
  multiplier: 0.1,
  decay: 0.95,
  patience: { share: 0.1, looks: 2 },
};
/** What tighter bounds of hidden values may take. */
const refiningMilliseconds = 10_000;
/** Candidates of which the children are bounded. */
const tried = 10;

type Opened = { readonly engine: Engine; readonly leaves: Leaves };

/**
 * With all that can be split, or else, where its relaxation cannot be run for many parts at once, with kinks.
 * @returns undefined where the time is over before
 */
export async function openEngine(
  request: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
): Promise<Opened | undefined> {
  const all = neuronsOf(instanceOf(request.model));
  try {
    return await openWith(request, disjuncts, all);
  } catch (error) {
    if (!(error instanceof ProgramError && haveCuts(all))) throw error;
    return openWith(request, disjuncts, kinksOf(all));
  }
}

async function openWith(
  request: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
  hidden: readonly Neurons[],
): Promise<Opened | undefined> {
  const { runtime, arithmetic, memoryBytes, deadline } = request;
  const model = instanceOf(request.model);
  const [first] = disjuncts;
  if (first === undefined) throw new RangeError('no disjunct');
  const options = { arithmetic, memoryBytes: memoryBytes / 2, deadline, plainValues: true };
  const crown = openCrown(request.model, runtime, options);
  const box = { lower: float32(first.lower), upper: float32(first.upper) };
  const root = await boundsAtRoot(request, first, hidden, await crown.hidden(box));
  // Programs take long to open.
  if (deadline.expired()) return undefined;
  const engine = await engineOf(request, disjuncts, hidden, root);
  const leaves = createLeaves(engine, {
    fixed: once(() => openFixed(model, hidden, runtime)),
    programs: once(openLinearPrograms),
    magnitudes: once(async () => ({
      outputs: magnitudes(await crown.output(box)),
      inputs: magnitudes(first),
    })),
  });
  return { engine, leaves };
}

type Root = {
  readonly space: Space;
  /** Where records are kept. */
  readonly recorder: Recorder | undefined;
};

/** @param own bounds of hidden values by backward bounds alone */
async function boundsAtRoot(
  request: BranchRequest,
  first: OpenDisjunct,
  hidden: readonly Neurons[],
  own: readonly Bounds[],
): Promise<Root> {
  const { runtime, arithmetic, clock, deadline, repeatable } = request;
  const model = instanceOf(request.model);
  const plain = haveCuts(hidden) ? withRaised(own, hidden, first) : own;
  // Certificates know signs, not cuts at points: what is bent the checker does not know anyway.
  const recorder = request.records && !haveCuts(hidden) ? createRecorder(hidden, plain) : undefined;
  const refines = !repeatable || isCheapToRefine(model, hidden);
  const root = await refined(model, first, hidden, plain, {
    arithmetic,
    runtime,
    clock,
    milliseconds: repeatable ? Infinity : refiningMilliseconds,
    isStopped: () => !refines || deadline.expired(),
    onRefined: recorder?.onRefined,
  });
  return { space: createSpace(model, first, hidden, root), recorder };
}

async function engineOf(
  { model, runtime, arithmetic, deadline, tryPoints, suggest }: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
  hidden: readonly Neurons[],
  { space, recorder }: Root,
): Promise<Engine> {
  const mixed = isMixed(disjuncts);
  const one = instanceOf(model);
  const sessions = createSessions(one, hidden, { name: one.output.name, mixed }, arithmetic, runtime);
  return {
    space,
    disjuncts,
    mixed,
    sessions: {
      ascent: await sessions.ascent(),
      bounds: await sessions.bounds(),
      view: await sessions.view(),
    },
    shared: runtime.share(space.feeds),
    rates: partRates,
    tried,
    isStopped: () => deadline.expired(),
    tryPoints,
    suggest,
    recorder,
  };
}

/** No certificate says how they were raised. */
function withRaised(own: readonly Bounds[], hidden: readonly Neurons[], { raised }: OpenDisjunct): Bounds[] {
  return own.map(({ lower, upper }, k) => {
    const known = raised?.get(hidden[k]?.name ?? '');
    if (known === undefined) return { lower, upper };
    return {
      lower: lower.map((least, at) => Math.max(least, known.lower[at] ?? -Infinity)),
      upper: upper.map((most, at) => Math.min(most, known.upper[at] ?? Infinity)),
    };
  });
}

/** Greatest magnitude of each element; Infinity where nothing is known. */
const magnitudes = ({ lower, upper }: Bounds): Float64Array =>
  Float64Array.from(lower, (low, at) => {
    const greatest = Math.max(Math.abs(low), Math.abs(upper[at] ?? Infinity));
    return Number.isNaN(greatest) ? Infinity : greatest;
  });

/** What a round of no clock may take, in bytes of values that all rows have: some ten seconds on one thread. */
const refiningBytes = 2 ** 27;
const isCheapToRefine = (model: TypedModel, hidden: readonly Neurons[]): boolean =>
  2 * elementsOf(hidden) * footprintOf(model).activationBytes <= refiningBytes;
