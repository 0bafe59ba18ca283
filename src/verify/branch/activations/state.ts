// What differs between the sub-problems of one box, as inputs of a program, kept for undecided neurons only.
import type { TypedModel } from '../../../graph/typed-model.js';
import { staticSize } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { type CutState, openCuts } from './cuts.js';
import { elementsOf, haveCuts, type Neurons } from './neurons.js';

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

export type Target = {
  /** The value that is bounded: the output, or one of the hidden values. */
  readonly name: string;
  /** Whether the input has coefficients of its own. */
  readonly mixed: boolean;
};

export type State = {
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

export function openState(p: Program, model: TypedModel, hidden: readonly Neurons[], target: Target): State {
  const mapped = new Map<Value, Value>();
  const open = (name: string, size: number | string) => {
    const one = p.input(`one/${name}`, 'float32', [size]);
    const all = p.input(name, 'float32', ['batch', size]);
    mapped.set(one, all);
    return { one, all };
  };
  const size = elementsOf(hidden);
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

/** The part of hidden value k. */
export function partOf(p: Program, hidden: readonly Neurons[], all: Value, k: number): Value {
  const from = elementsOf(hidden.slice(0, k));
  const { size = 0, shape = [] } = hidden[k] ?? {};
  return p.reshape(p.slice(all, 0, from, from + size), shape);
}
