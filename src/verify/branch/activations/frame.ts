// How coefficients go backward through the network of one sub-problem: affine layers and what rounding loses there see the bounds at the
// root; relaxations see those of the sub-problem.
import type { TypedModel } from '../../../graph/typed-model.js';
import { type BoundedModel, boundModel } from '../../../ops/bound-model.js';
import { type Step, stepOf } from '../../../ops/relax-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import type { Frame } from '../../crown/backward.js';
import { choosers } from './cuts.js';
import type { Neurons } from './neurons.js';
import { reluStep } from './relu-step.js';
import { partOf, type State } from './state.js';

type Ends = { readonly lower: Value; readonly upper: Value };

type Known = {
  readonly box: Ends;
  /** By hidden value. */
  readonly root: readonly Ends[];
  readonly state: State;
  readonly rounding: Rounding;
};

/** What steps backward are made of. */
type Material = Pick<Known, 'state' | 'rounding'> & {
  readonly bounded: BoundedModel;
  /** By the name of what is relaxed. */
  readonly slopes: ReadonlyMap<string, Value>;
};

type Opened = {
  readonly frame: Frame;
  /** Coefficients of values before they are replaced. */
  readonly observed: ReadonlyMap<string, Value>;
  /** Of what reads values that are cut anywhere. */
  readonly cutSteps: ReadonlyMap<string, Step>;
};

export function openFrame(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  { box, root, state, rounding }: Known,
): Opened {
  const ends = (k: number): Ends =>
    root[k] ?? { lower: p.scalar('float32', 0), upper: p.scalar('float32', 0) };
  const bounding = (endsOf: (k: number) => Ends): BoundedModel =>
    boundModel(p, model, box, rounding, new Map(hidden.map(({ name }, k) => [name, endsOf(k)] as const)));
  const inner = bounding((k) => endsOfPart(p, hidden, state, k, ends(k)));
  const bounded: BoundedModel = { ...bounding(ends), contextOf: inner.contextOf };
  const observed = new Map<string, Value>();
  const observe = (name: string, a: Value) => observed.set(name, a);
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  const slopes = slopesOf(p, hidden, state);
  const material = { state, rounding, bounded, slopes };
  const kinkSteps = reluSteps(p, model, hidden, material);
  const { stepFor, cutSteps } = cutStepper(p, hidden, material);
  const frame = {
    p,
    rounding,
    bounded,
    order,
    slopes,
    observe,
    stepFor: (name: string) => stepFor(name) ?? kinkSteps.get(name),
  };
  return { frame, observed, cutSteps };
}

/** Bounds of a hidden value where the splits hold. */
function endsOfPart(p: Program, hidden: readonly Neurons[], state: State, k: number, ends: Ends): Ends {
  const { cuts } = hidden[k] ?? {};
  if (cuts === 'anywhere') return state.cuts?.bounds((all) => partOf(p, hidden, all, k), ends) ?? ends;
  if (cuts !== 'kink') return ends;
  const split = partOf(p, hidden, state.splits, k);
  return {
    lower: p.where(p.greater(split, 0), p.max(ends.lower, 0), ends.lower),
    upper: p.where(p.less(split, 0), p.min(ends.upper, 0), ends.upper),
  };
}

/** By the name of what is relaxed. */
const slopesOf = (p: Program, hidden: readonly Neurons[], { slopes }: State): Map<string, Value> =>
  new Map(
    hidden.flatMap(({ readers }, k) =>
      readers.map((reader) => [reader, partOf(p, hidden, slopes, k)] as const),
    ),
  );

/** Relu whose inputs are split at the kink: by the name of its result. */
function reluSteps(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  { state, rounding, bounded }: Material,
): Map<string, Step> {
  const relus = new Set(
    model.graph.nodes.flatMap(({ type, domain, outputs }) =>
      type === 'Relu' && domain === '' ? outputs : [],
    ),
  );
  const steps = new Map<string, Step>();
  for (const [k, { name, readers, cuts }] of hidden.entries()) {
    const choices = {
      positive: partOf(p, hidden, state.positive, k),
      negative: partOf(p, hidden, state.negative, k),
      slope: partOf(p, hidden, state.slopes, k),
    };
    for (const reader of readers)
      if (cuts === 'kink' && relus.has(reader))
        steps.set(reader, reluStep(p, rounding, bounded, name, choices));
  }
  return steps;
}

/** Steps of what reads values that are cut anywhere, made when the way back comes to them. */
function cutStepper(p: Program, hidden: readonly Neurons[], { state, bounded, slopes }: Material) {
  const part = (all: Value, k: number) => partOf(p, hidden, all, k);
  const chooserOf = state.cuts && choosers(p, hidden, state.slopes, state.cuts.slopes, part);
  const readersOfCuts = new Set(hidden.flatMap(({ cuts, readers }) => (cuts === 'anywhere' ? readers : [])));
  const cutSteps = new Map<string, Step>();
  const stepFor = (name: string): Step | undefined => {
    const context = bounded.contextOf(name);
    if (!readersOfCuts.has(name) || context === undefined) return undefined;
    const step = stepOf(bounded, name, context, { slope: slopes.get(name), choose: chooserOf?.(name) });
    cutSteps.set(name, step);
    return step;
  };
  return { stepFor, cutSteps };
}
