import { float64, int64, type Tensor, tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import type { Disjunct, LinearConstraint } from '../../policy/vnnlib/property.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { nothingProven, type Proven, watched } from './watched.js';

/** A disjunct with the float32 box of the inputs that count as its own; disjuncts may share boxes, and constraints. */
export type BoxedDisjunct = {
  readonly disjunct: Disjunct;
  readonly box: { readonly lower: Float32Array; readonly upper: Float32Array };
};

/** More boxes are not looked at here: replay knows them. */
const mostBoxes = 256;

/**
 * Disjuncts: violated where one of them holds, in box and constraints. Clusters are their numbers; the margin is what the nearest of
 * them is missed by.
 */
export function disjuncts(
  model: TypedModel,
  unsafe: readonly [BoxedDisjunct, ...BoxedDisjunct[]],
  proven: Proven = nothingProven,
): Encode {
  return (p, x, _target) => {
    const { seen } = watched(p, model, x, proven);
    const flat = (value: Value) => p.cast(p.mergeInto(value, 1), 'float64');
    const [inputs, outputs] = [flat(x), flat(seen.output.value)];
    const { missed, holds } = constraintsOf(p, unsafe, p.concat([inputs, outputs], 1), inputs.shape);
    const outside = boxesOf(p, unsafe, inputs);
    const distance = outside === undefined ? missed : p.max(missed, outside);
    const inside = outside === undefined ? holds : p.and(holds, p.lessOrEqual(outside, 0));
    const perRow = (value: Value) => p.reshape(value, value.shape.slice(0, 1));
    const violated = p.greater(perRow(p.reduceMax(p.cast(inside, 'float32'), [1])), 0);
    const margin = p.cast(perRow(p.reduceMin(distance, [1])), 'float32');
    const cluster = p.argMax(p.neg(distance), 1);
    return { ...seen, violated, margin, losses: [margin], cluster, side: p.cast(violated, 'int64') };
  };
}

type Unsafe = readonly [BoxedDisjunct, ...BoxedDisjunct[]];

/** By disjunct, [batch, disjuncts]: the greatest excess over a constraint, and whether all hold. */
function constraintsOf(p: Program, unsafe: Unsafe, values: Value, [, inputs = 0]: Value['shape']) {
  const table = [...new Set(unsafe.flatMap(({ disjunct }) => disjunct.constraints))];
  const numbers = new Map(table.map((constraint, at) => [constraint, at]));
  // A column that always holds stands for what is missing.
  const columns = table.length + 1;
  const longest = Math.max(1, ...unsafe.map(({ disjunct }) => disjunct.constraints.length));
  const chosen = unsafe.flatMap(({ disjunct: { constraints } }) =>
    Array.from({ length: longest }, (_, at) => numbers.get(constraints[at] ?? never) ?? table.length),
  );
  const bounds = float64([...table.map(({ bound }) => bound), 1], [1, columns]);
  const used = usedElements(table, Number(inputs));
  // What is no number takes part in products with zero: only the constraints that speak of it should see it.
  const plain = p.where(p.isNaN(values), 0, p.min(p.max(values, -greatest), greatest));
  const gathered = p.gather(plain, p.constant(int64(used)), 1);
  const products = p.matmul(gathered, p.constant(weights(table, used, Number(inputs))));
  const excess = p.sub(products, p.constant(bounds));
  const strict = p.constant(
    tensor('bool', [1, columns], Uint8Array.from([...table.map(({ strict: is }) => (is ? 1 : 0)), 0])),
  );
  const satisfied = p.or(p.less(excess, 0), p.and(p.not(strict), p.equal(excess, 0)));
  const byDisjunct = (value: Value, reduce: Program['reduceMax']) => {
    const picked = p.gather(value, p.constant(int64(chosen)), 1);
    const shape = [values.shape[0] ?? 1, unsafe.length, longest];
    const reduced = reduce(p.reshape(picked, shape), [2]);
    return p.reshape(reduced, shape.slice(0, 2));
  };
  return {
    missed: byDisjunct(excess, p.reduceMax),
    holds: p.greater(byDisjunct(p.cast(satisfied, 'float32'), p.reduceMin), 0),
  };
}

const greatest = 1e30;
const none = { indices: new Int32Array(), coefficients: new Float64Array() };
const never: LinearConstraint = { inputs: none, outputs: none, bound: 0, strict: false };

/** Positions among inputs and outputs, one after the other; at least one. */
const usedElements = (table: readonly LinearConstraint[], inputs: number): number[] => {
  const used = new Set(
    table.flatMap((constraint) => [
      ...constraint.inputs.indices,
      ...Array.from(constraint.outputs.indices, (index) => index + inputs),
    ]),
  );
  return used.size === 0 ? [0] : [...used].sort((a, b) => a - b);
};

/** [used elements, constraints + 1] */
function weights(
  table: readonly LinearConstraint[],
  used: readonly number[],
  inputs: number,
): Tensor<'float64'> {
  const columns = table.length + 1;
  const places = new Map(used.map((element, at) => [element, at]));
  const data = new Float64Array(used.length * columns);
  const set = (element: number, column: number, coefficient: number) => {
    data[(places.get(element) ?? 0) * columns + column] = coefficient;
  };
  table.forEach((constraint, column) => {
    const { inputs: x, outputs: y } = constraint;
    x.indices.forEach((index, at) => {
      set(index, column, x.coefficients[at] ?? 0);
    });
    y.indices.forEach((index, at) => {
      set(index + inputs, column, y.coefficients[at] ?? 0);
    });
  });
  return float64(data, [used.length, columns]);
}

/** By disjunct, [batch, disjuncts]: how far outside of its box an input is; undefined where all have one box, which is the set. */
function boxesOf(p: Program, unsafe: Unsafe, inputs: Value): Value | undefined {
  const boxes = [...new Set(unsafe.map(({ box }) => box))];
  if (boxes.length === 1 || boxes.length > mostBoxes) return undefined;
  const outside = boxes.map(({ lower, upper }) => {
    const side = (values: Float32Array) => p.constant(float64(Float64Array.from(values), [1, values.length]));
    const beyond = p.max(p.sub(side(lower), inputs), p.sub(inputs, side(upper)));
    return p.reduceMax(beyond, [1]);
  });
  const numbers = unsafe.map(({ box }) => boxes.indexOf(box));
  return p.gather(p.concat(outside, 1), p.constant(int64(numbers)), 1);
}
