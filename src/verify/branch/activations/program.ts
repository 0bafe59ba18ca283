// Backward bounds of many sub-problems of one box at once, with everything that differs between them (splits, slopes, multipliers) kept
// for undecided neurons only. The box and the bounds at the root are the same for all, so that what rounding loses in affine
// layers is computed once a call (it is least where bounds are tightest, and root bounds hold everywhere).
// Slopes: Xu et al., arXiv 2011.13824; multipliers of splits: Wang et al., beta-CROWN, arXiv 2103.06624.
import type { TypedModel } from '../../../graph/typed-model.js';
import { type BoundedModel, boundModel } from '../../../ops/bound-model.js';
import { lowerModel } from '../../../ops/lower-model.js';
import { type Step, stepOf } from '../../../ops/relax-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import { staticSize } from '../../../program/dims.js';
import { grad } from '../../../program/grad.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { mapper } from '../../../program/vmap.js';
import { concretize, type Frame, newLedger, toInputs } from '../../crown/backward.js';
import type { Ledger } from '../../crown/ledger.js';
import { type CutState, choosers, openCuts } from './cuts.js';
import { cutLosses } from './losses.js';
import { haveCuts, type Neurons } from './neurons.js';
import { reluStep } from './relu-step.js';

/**
 * Inputs of one box: `lower`, `upper` [...input], `least{k}`, `most{k}` [...hidden k]: bounds at the root; `places` int64 [N], for every
 * hidden element its place among the undecided ones, 0 for none; `elements` int64 [u], the reverse (place 0 belongs to nothing).
 * Inputs of n sub-problems: `start` [n, target], coefficients of the value that is bounded; `inputs` [n, input] where `mixed`; `splits`
 * [n, u]: 1 where a neuron's input is known to be >= 0, -1 where it is <= 0, else 0; `slopes` [n, u], of lower lines through 0;
 * `multipliers` [n, u], of the splits. Any slope and any multiplier is sound: they are moved into [0, 1] and [0, infinity).
 * Where some are cut anywhere, more (cuts.ts): such a neuron has two places, with the ends of its interval as `points`.
 */
export type Inputs = {
  readonly splits: Value;
  readonly slopes: Value;
  readonly multipliers: Value;
  readonly elements: Value;
};

export type Bounding = {
  /** [n]: a lower bound of start . target + inputs . x wherever the splits hold. */
  readonly bound: Value;
  /** [n, input]: with a constant, a line below the target wherever the splits hold. */
  readonly coefficients: Value;
  /** [n, u]: coefficients of the neurons' results, before their relaxation replaces them. */
  readonly influence: Value;
  /** Derivatives [n, u] of the bound by slopes and multipliers. */
  gradients(): { readonly slopes: Value; readonly multipliers: Value };
  /**
   * The corner of the box where the line is least: its output [n, output], the neurons' inputs [n, u] there, and what the relaxations of
   * what is cut anywhere lose there [n, u], undefined where nothing is.
   */
  corner(): Readonly<Record<'point' | 'output' | 'neurons', Value>> & { readonly cutLosses?: Value };
  readonly inputs: Inputs;
};

export type Target = {
  /** The value that is bounded: the output, or one of the hidden values. */
  readonly name: string;
  /** Whether the input has coefficients of its own. */
  readonly mixed: boolean;
};

/**
 * @param model one instance
 * @throws Unbounded where the target has no bounds; ProgramError where a node cannot be run on many rows at once
 */
export function buildBounding(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  target: Target,
  rounding: Rounding,
): Bounding {
  const box = {
    lower: p.input('lower', 'float32', model.input.shape),
    upper: p.input('upper', 'float32', model.input.shape),
  };
  const root = hidden.map(({ shape }, k) => ({
    lower: p.input(`least${k}`, 'float32', shape),
    upper: p.input(`most${k}`, 'float32', shape),
  }));
  const state = openState(p, model, hidden, target);
  const { frame, observed, cutSteps } = openFrame(p, model, hidden, { box, root, state, rounding });
  const ledger = newLedger(frame);
  const ends = toInputs(frame, startOf(frame, model, hidden, target, state, ledger), ledger);
  for (const [name, a] of ends) concretize(frame, name, a, ledger);
  const rows = (size: number) => [1, size];
  const inputSize = staticSize(model.input.shape);
  const atInput = ends.get(model.input.name);
  const line =
    atInput === undefined
      ? p.fillLike(p.reshape(box.lower, rows(inputSize)), 0)
      : p.reshape(atInput, rows(inputSize));
  const map = mapper(p, state.mapped);
  const all = (value: Value): Value => {
    const found = map(value);
    return found.mapped ? found.value : p.repeatLike(found.value, state.inputs.slopes);
  };
  const bound = p.reshape(all(ledger.total()), ['batch']);
  const coefficients = p.reshape(all(line), ['batch', inputSize]);
  const ofElements = (value: Value) => p.gather(value, state.inputs.elements, 1);
  const influence = p.reshape(all(flatInfluence(p, hidden, observed)), ['batch', state.size]);
  return {
    bound,
    coefficients,
    influence: ofElements(influence),
    inputs: state.inputs,
    gradients: () => {
      const { cuts } = state;
      const firsts = [state.slopes, state.multipliers];
      const seconds = cuts ? [cuts.slopes, cuts.multipliers] : [];
      const found = grad(
        p,
        bound,
        [...firsts, ...seconds].map((value) => map(value).value),
      ).map(ofElements);
      const joined = (at: number) => {
        const [first = bound, second] = [found[at], found[at + 2]];
        return cuts && second ? known(p, cuts.pick(first, second)) : first;
      };
      return { slopes: joined(0), multipliers: joined(1) };
    },
    corner: () => {
      const flat = (value: Value) => p.reshape(value, rows(inputSize));
      const point = p.where(p.greater(coefficients, 0), flat(box.lower), flat(box.upper));
      const one = p.input('one/point', 'float32', model.input.shape);
      const { values, output } = lowerModel(p, model, one);
      const points = new Map([[one, p.reshape(point, ['batch', ...model.input.shape])]]);
      const run = mapper(p, points);
      const rowsOf = (value: Value) => p.reshape(run(value).value, ['batch', staticSize(value.shape)]);
      const neurons = hidden.map(({ name, size }) => {
        const value = values.get(name);
        return value === undefined ? p.gather(p.fillLike(influence, 0), indices(p, size), 1) : rowsOf(value);
      });
      const found = { point, output: rowsOf(output), neurons: ofElements(p.concat(neurons, 1)) };
      if (state.cuts === undefined) return found;
      const at = (name: string) => {
        const value = values.get(name);
        return value && p.reshape(run(value).value, ['batch', ...value.shape]);
      };
      const losses = cutLosses(p, hidden, { steps: cutSteps, observed, all, at });
      return { ...found, cutLosses: ofElements(losses) };
    },
  };
}

/** A derivative that is NaN, where a branch that is not taken divides by zero, counts as 0. */
const known = (p: Program, gradient: Value): Value =>
  p.where(p.lessOrEqual(p.abs(gradient), 2 ** 60), gradient, 0);

const indices = (p: Program, size: number): Value =>
  p.constant({
    dtype: 'int64',
    shape: [size],
    data: BigInt64Array.from({ length: size }, (_, at) => BigInt(at)),
  });

type State = {
  /** Elements of all hidden values. */
  readonly size: number;
  readonly inputs: Inputs;
  /** Of one sub-problem, for every hidden element [N]; multipliers are not negative. */
  readonly splits: Value;
  readonly positive: Value;
  readonly negative: Value;
  readonly slopes: Value;
  readonly multipliers: Value;
  /** Undefined where nothing is cut anywhere. */
  readonly cuts: CutState | undefined;
  readonly start: Value;
  readonly own: Value | undefined;
  readonly mapped: ReadonlyMap<Value, Value>;
};

function openState(p: Program, model: TypedModel, hidden: readonly Neurons[], target: Target): State {
  const mapped = new Map<Value, Value>();
  const open = (name: string, size: number | string) => {
    const one = p.input(`one/${name}`, 'float32', [size]);
    const all = p.input(name, 'float32', ['batch', size]);
    mapped.set(one, all);
    return { one, all };
  };
  const size = hidden.reduce((sum, neurons) => sum + neurons.size, 0);
  const places = p.input('places', 'int64', [size]);
  const elements = p.input('elements', 'int64', ['u']);
  const [splits, slopes, multipliers] = [open('splits', 'u'), open('slopes', 'u'), open('multipliers', 'u')];
  const spread = (value: Value) => p.gather(value, places, 0);
  // Whatever stands at place 0: decided neurons have no splits.
  const undecided = p.cast(p.greater(places, p.scalar('int64', 0)), 'float32');
  const split = p.mul(spread(splits.one), undecided);
  const bounded = { slopes: p.min(p.max(slopes.one, 0), 1), multipliers: p.max(multipliers.one, 0) };
  const targetType = model.types.get(target.name) ?? model.output;
  return {
    size,
    mapped,
    inputs: { splits: splits.all, slopes: slopes.all, multipliers: multipliers.all, elements },
    splits: split,
    positive: p.cast(p.greater(split, 0), 'float32'),
    negative: p.cast(p.less(split, 0), 'float32'),
    slopes: spread(bounded.slopes),
    multipliers: spread(bounded.multipliers),
    cuts: haveCuts(hidden)
      ? openCuts(p, { size, places, points: open('points', 'u').one, splits: splits.one, ...bounded })
      : undefined,
    start: open('start', staticSize(targetType.shape)).one,
    own: target.mixed ? open('inputs', staticSize(model.input.shape)).one : undefined,
  };
}

type Known = {
  readonly box: { readonly lower: Value; readonly upper: Value };
  readonly root: readonly { readonly lower: Value; readonly upper: Value }[];
  readonly state: State;
  readonly rounding: Rounding;
};

/** The part of hidden value k. */
function partOf(p: Program, hidden: readonly Neurons[], all: Value, k: number): Value {
  const from = hidden.slice(0, k).reduce((sum, { size }) => sum + size, 0);
  const { size = 0, shape = [] } = hidden[k] ?? {};
  return p.reshape(p.slice(all, 0, from, from + size), shape);
}

/** Affine layers and what rounding loses there see the bounds at the root; relaxations see those of the sub-problem. */
function openFrame(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  { box, root, state, rounding }: Known,
): {
  readonly frame: Frame;
  readonly observed: ReadonlyMap<string, Value>;
  /** Of what reads values that are cut anywhere. */
  readonly cutSteps: ReadonlyMap<string, Step>;
} {
  const known = (bounds: (k: number) => { lower: Value; upper: Value }) =>
    new Map(hidden.map(({ name }, k) => [name, bounds(k)] as const));
  const nothing = p.scalar('float32', 0);
  const part = (all: Value, k: number) => partOf(p, hidden, all, k);
  const cutBounds = (k: number, own: Whole): Whole => state.cuts?.bounds((all) => part(all, k), own) ?? own;
  const whole = (k: number) => root[k] ?? { lower: nothing, upper: nothing };
  const outer = boundModel(p, model, box, rounding, known(whole));
  const inner = boundModel(
    p,
    model,
    box,
    rounding,
    known((k) => {
      const { lower, upper } = whole(k);
      if (hidden[k]?.cuts === 'anywhere') return cutBounds(k, { lower, upper });
      if (hidden[k]?.cuts !== 'kink') return { lower, upper };
      const split = partOf(p, hidden, state.splits, k);
      return {
        lower: p.where(p.greater(split, 0), p.max(lower, 0), lower),
        upper: p.where(p.less(split, 0), p.min(upper, 0), upper),
      };
    }),
  );
  const bounded: BoundedModel = { ...outer, contextOf: inner.contextOf };
  const slopes = new Map(
    hidden.flatMap(({ readers }, k) =>
      readers.map((reader) => [reader, partOf(p, hidden, state.slopes, k)] as const),
    ),
  );
  const observed = new Map<string, Value>();
  const relus = new Set(
    model.graph.nodes.flatMap(({ type, domain, outputs }) =>
      type === 'Relu' && domain === '' ? outputs : [],
    ),
  );
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  const observe = (name: string, a: Value) => observed.set(name, a);
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
  const chooserOf = state.cuts && choosers(p, hidden, state.slopes, state.cuts.slopes, part);
  const cutReaders = new Set(hidden.flatMap(({ cuts, readers }) => (cuts === 'anywhere' ? readers : [])));
  const cutSteps = new Map<string, Step>();
  const stepFor = (name: string) => {
    const context = bounded.contextOf(name);
    if (!cutReaders.has(name) || context === undefined) return steps.get(name);
    const step = stepOf(bounded, name, context, slopes.get(name), chooserOf?.(name));
    cutSteps.set(name, step);
    return step;
  };
  const frame = { p, rounding, bounded, order, slopes, observe, stepFor };
  return { frame, observed, cutSteps };
}

type Whole = { readonly lower: Value; readonly upper: Value };

/** s (z - point) >= 0 and multiplier b >= 0: subtracting b s (z - point) makes no bound too great. */
function startOf(
  { p, rounding }: Frame,
  model: TypedModel,
  hidden: readonly Neurons[],
  { name }: Target,
  { start, own, splits, multipliers, cuts }: State,
  ledger: Ledger,
): Map<string, Value> {
  const { shape } = model.types.get(name) ?? model.output;
  const coefficients = new Map([[name, p.reshape(start, [1, ...shape])]]);
  if (own !== undefined) coefficients.set(model.input.name, p.reshape(own, [1, ...model.input.shape]));
  const terms = p.neg(p.mul(splits, multipliers));
  for (const [k, neurons] of hidden.entries()) {
    if (neurons.name === name) break;
    const part = (all: Value) => partOf(p, hidden, all, k);
    const row = (value: Value) => p.reshape(value, [1, ...neurons.shape]);
    if (neurons.cuts === 'kink') coefficients.set(neurons.name, row(part(terms)));
    if (neurons.cuts === 'anywhere' && cuts)
      coefficients.set(neurons.name, row(cuts.constrain(part, terms, neurons, rounding, ledger)));
  }
  return coefficients;
}

/** Coefficients [N] of the neurons' results, summed over those that read one hidden value element by element. */
function flatInfluence(p: Program, hidden: readonly Neurons[], observed: ReadonlyMap<string, Value>): Value {
  const parts = hidden.map(({ readers, size }) => {
    const found = readers.flatMap((reader) => observed.get(reader) ?? []);
    // What moves parts of it, or is made of more, has elements of its own.
    const own = found.filter(({ shape }) => staticSize(shape.slice(1)) === size);
    const flat = own.map((value) => p.reshape(value, [size]));
    return flat.length === 0 ? p.constant(zeros(size)) : flat.reduce((sum, value) => p.add(sum, value));
  });
  return p.concat(parts, 0);
}

const zeros = (size: number) => ({ dtype: 'float32' as const, shape: [size], data: new Float32Array(size) });
