// Backward bounds of many sub-problems of one box at once, with everything that differs between them (splits, slopes, multipliers) kept
// for undecided neurons only. The box and the bounds at the root are the same for all, so that what rounding loses in affine
// layers is computed once a call (it is least where bounds are tightest, and root bounds hold everywhere).
// Slopes: Xu et al., arXiv 2011.13824; multipliers of splits: Wang et al., beta-CROWN, arXiv 2103.06624.
import { zeros } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import { staticSize } from '../../../program/dims.js';
import { grad } from '../../../program/grad.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { mapper } from '../../../program/vmap.js';
import { concretize, type Frame, newLedger, toInputs } from '../../crown/backward.js';
import type { Ledger } from '../../crown/ledger.js';
import { type Corner, cornerOf } from './corner.js';
import { openFrame } from './frame.js';
import type { Neurons } from './neurons.js';
import { type Inputs, openState, partOf, type State, type Target } from './state.js';

export type Bounding = {
  /** [n]: a lower bound of start . target + inputs . x wherever the splits hold. */
  readonly bound: Value;
  /** [n, input]: with a constant, a line below the target wherever the splits hold. */
  readonly coefficients: Value;
  /** [n, u]: coefficients of the neurons' results, before their relaxation replaces them. */
  readonly influence: Value;
  /** Derivatives [n, u] of the bound by slopes and multipliers. */
  gradients(): { readonly slopes: Value; readonly multipliers: Value };
  /** What holds at the corner of the box where the line is least. */
  corner(): Corner;
  readonly inputs: Inputs;
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
  const ends = (least: string, most: string, shape: Value['shape']) => ({
    lower: p.input(least, 'float32', shape),
    upper: p.input(most, 'float32', shape),
  });
  const box = ends('lower', 'upper', model.input.shape);
  const root = hidden.map(({ shape }, k) => ends(`least${k}`, `most${k}`, shape));
  const state = openState(p, model, hidden, target);
  const opened = openFrame(p, model, hidden, { box, root, state, rounding });
  const { bound, line } = backward(opened.frame, model, hidden, target, state);
  const map = mapper(p, state.mapped);
  const all = (value: Value): Value => {
    const found = map(value);
    return found.mapped ? found.value : p.repeatLike(found.value, state.inputs.slopes);
  };
  const bounds = p.reshape(all(bound), ['batch']);
  const coefficients = p.reshape(all(line), ['batch', staticSize(model.input.shape)]);
  const ofElements = (value: Value) => p.gather(value, state.inputs.elements, 1);
  const influence = p.reshape(all(flatInfluence(p, hidden, opened.observed)), ['batch', state.size]);
  return {
    bound: bounds,
    coefficients,
    influence: ofElements(influence),
    inputs: state.inputs,
    gradients: () => gradientsOf(p, state, bounds, (value) => map(value).value, ofElements),
    corner: () => cornerOf(p, model, hidden, { ...opened, box, coefficients, state, all, ofElements }),
  };
}

/** The bound [1] of one sub-problem, and coefficients [1, input] of a line below its target. */
function backward(
  frame: Frame,
  model: TypedModel,
  hidden: readonly Neurons[],
  target: Target,
  state: State,
): { readonly bound: Value; readonly line: Value } {
  const { p } = frame;
  const ledger = newLedger(frame);
  const ends = toInputs(frame, startOf(frame, model, hidden, target, state, ledger), ledger);
  for (const [name, a] of ends) concretize(frame, name, a, ledger);
  const shape = [1, staticSize(model.input.shape)];
  const atInput = ends.get(model.input.name);
  const line = atInput ?? p.constant(zeros('float32', shape));
  return { bound: ledger.total(), line: p.reshape(line, shape) };
}

function gradientsOf(
  p: Program,
  { slopes, multipliers, cuts }: State,
  bound: Value,
  map: (value: Value) => Value,
  ofElements: (value: Value) => Value,
): ReturnType<Bounding['gradients']> {
  const firsts = [slopes, multipliers];
  const seconds = cuts ? [cuts.slopes, cuts.multipliers] : [];
  const found = grad(p, bound, [...firsts, ...seconds].map(map)).map(ofElements);
  const joined = (at: number): Value => {
    const { [at]: first = bound, [at + 2]: second } = found;
    return cuts && second ? known(p, cuts.pick(first, second)) : first;
  };
  return { slopes: joined(0), multipliers: joined(1) };
}

/** A derivative that is NaN, where a branch that is not taken divides by zero, counts as 0. */
const known = (p: Program, gradient: Value): Value =>
  p.where(p.lessOrEqual(p.abs(gradient), 2 ** 60), gradient, 0);

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
    return flat.length === 0
      ? p.constant(zeros('float32', [size]))
      : flat.reduce((sum, value) => p.add(sum, value));
  });
  return p.concat(parts, 0);
}
