// The corner of the box where the line below a target is least: what the network gives there.
import { zeros } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { lowerModel } from '../../../ops/lower-model.js';
import type { Step } from '../../../ops/relax-model.js';
import { staticSize } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { mapper } from '../../../program/vmap.js';
import { cutLosses } from './losses.js';
import type { Neurons } from './neurons.js';
import type { State } from './state.js';

export type Corner = {
  /** [n, input] */
  readonly point: Value;
  /** [n, output] */
  readonly output: Value;
  /** [n, u]: the neurons' inputs. */
  readonly neurons: Value;
  /** [n, u]: what the relaxations of what is cut anywhere lose; undefined where nothing is. */
  readonly cutLosses?: Value;
};

type Given = {
  readonly box: { readonly lower: Value; readonly upper: Value };
  /** [n, input], of the line. */
  readonly coefficients: Value;
  readonly state: State;
  readonly observed: ReadonlyMap<string, Value>;
  readonly cutSteps: ReadonlyMap<string, Step>;
  /** Of every sub-problem. */
  all(value: Value): Value;
  /** [n, N] -> [n, u] */
  ofElements(value: Value): Value;
};

export function cornerOf(
  p: Program,
  model: TypedModel,
  hidden: readonly Neurons[],
  { box, coefficients, state, observed, cutSteps, all, ofElements }: Given,
): Corner {
  const flat = (value: Value) => p.reshape(value, [1, staticSize(model.input.shape)]);
  const point = p.where(p.greater(coefficients, 0), flat(box.lower), flat(box.upper));
  const one = p.input('one/point', 'float32', model.input.shape);
  const { values, output } = lowerModel(p, model, one);
  const run = mapper(p, new Map([[one, p.reshape(point, ['batch', ...model.input.shape])]]));
  const rowsOf = (value: Value) => p.reshape(run(value).value, ['batch', staticSize(value.shape)]);
  const neurons = hidden.map(({ name, size }) => {
    const value = values.get(name);
    return value === undefined
      ? p.repeatLike(p.constant(zeros('float32', [size])), coefficients)
      : rowsOf(value);
  });
  const found = { point, output: rowsOf(output), neurons: ofElements(p.concat(neurons, 1)) };
  if (state.cuts === undefined) return found;
  const at = (name: string) => {
    const value = values.get(name);
    return value && p.reshape(run(value).value, ['batch', ...value.shape]);
  };
  return { ...found, cutLosses: ofElements(cutLosses(p, hidden, { steps: cutSteps, observed, all, at })) };
}
