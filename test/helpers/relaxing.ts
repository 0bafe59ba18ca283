// The linear relation of a model's output to what it is computed from, as backward propagation uses it, with numbers in place.
import type { FloatDType } from '../../src/base/dtype.js';
import { float32, type Tensor } from '../../src/base/tensor.js';
import { instanceOf } from '../../src/graph/instance.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { boundModel } from '../../src/ops/bound-model.js';
import { lowerModel } from '../../src/ops/lower-model.js';
import type { Choose } from '../../src/ops/operator.js';
import { type Step, stepOf } from '../../src/ops/relax-model.js';
import { createRounding } from '../../src/ops/rounding.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import type { Runtime } from '../../src/program/session.js';
import type { Value } from '../../src/program/value.js';
import { zonotopesOf } from '../../src/verify/crown/zonotopes.js';
import { type Boxes, floatsOf, numbersOf } from './bounding.js';

type Numbers = ArrayLike<number>;

export type Relation = {
  /** [rows, ...z] for each part. */
  readonly coefficients: readonly Numbers[];
  /** [rows, ...y]: coefficients that offset and gap are about; [rows, n]: what else is in the bound. */
  readonly rest: Numbers;
  readonly constants: Numbers;
  /** Shape of y. */
  readonly offset: Numbers;
  readonly gap: Numbers;
  /** The interval of y. */
  readonly lower: Numbers;
  readonly upper: Numbers;
};

/** A box of one instance, and rows [rows, ...y] of coefficients. */
export type Relate = (box: Boxes, a: Float32Array) => Promise<Relation>;

export type Related = {
  readonly relate: Relate;
  /** The values that the parts name, for one instance of the input. */
  inputsAt(x: Tensor<'float32'>): Promise<Numbers[]>;
  /** Products and sums behind one coefficient. */
  readonly operations: number;
  /** Elements of y. */
  readonly size: number;
  /** Whether the relaxation leaves a choice. */
  readonly hasChoices: boolean;
};

export type Given = {
  readonly moves?: ((shape: readonly number[]) => Tensor<'float32'>) | undefined;
  readonly steepFrom?: number | undefined;
};

/**
 * Undefined where the output has no relation of its own: a constant, or the input itself.
 * @param given.moves how far a choice of the relaxation is moved, in its unit; left out: nothing is chosen for it
 * @param given.steepFrom as relaxations are told it
 */
export async function openRelation(
  batched: TypedModel,
  dtype: FloatDType,
  rows: number,
  runtime: Runtime,
  { moves, steepFrom }: Given = {},
): Promise<Related | undefined> {
  const model = instanceOf(batched);
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', model.input.shape);
  const box = { lower: p.cast(input('lower'), dtype), upper: p.cast(input('upper'), dtype) };
  const rounding = createRounding(dtype, 'deployed');
  const bounded = boundModel(p, model, box, rounding);
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  const zonotopeOf = zonotopesOf({ p, rounding, bounded, order }, model.input.name);
  const interval = bounded.bounds(model.output.name);
  const context = bounded.contextOf(model.output.name);
  if (context === undefined) return undefined;
  let hasChoices = false;
  const moved =
    (moves: (shape: readonly number[]) => Tensor): Choose =>
    (_key, initial, unit) => {
      hasChoices = true;
      return p.add(initial, p.mul(p.cast(p.constant(moves(initial.shape.map(Number))), dtype), unit));
    };
  const step = stepOf(
    bounded,
    model.output.name,
    context,
    { steepFrom, choose: moves && moved(moves) },
    zonotopeOf,
  );
  const { shape } = model.output;
  const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
  const a = p.cast(p.input('a', 'float32', [rows, ...shape]), dtype);
  const like = p.reshape(p.slice(a, 0, 0, 1), shape);
  const full = (value: Value | undefined) => p.add(p.mul(like, 0), value ?? 0);
  const reduced = step.reduce?.(a);
  const rest = reduced?.rest ?? a;
  const backs = step.parts.map(({ back }, at) => [`z${at}`, back(rest, p.abs(rest))] as const);
  const level = reduced?.level ?? p.fillLike(a, 0);
  const ofSums = p.sub(p.mul(level, reduced?.total ?? 0), p.mul(p.abs(level), reduced?.error ?? 0));
  const perRow = step.perRow && p.reshape(step.perRow(rest), [rows, 1]);
  const constants = perRow ? p.concat([p.mergeInto(ofSums, 1), perRow], 1) : p.mergeInto(ofSums, 1);
  const outputs = {
    ...Object.fromEntries(backs),
    rest,
    constants,
    offset: full(step.offset),
    gap: full(step.gap),
    least: full(interval.lower),
    most: full(interval.upper),
    // What does not depend on the box still takes it.
    touch: p.mul(p.add(p.fillLike(box.lower, 1), p.fillLike(box.upper, 1)), 0),
  };
  const session = await compile(p, outputs, runtime);
  const relate: Relate = async ({ lower, upper }, coefficients) => {
    const results = await session.run({
      lower,
      upper,
      a: float32(coefficients, [rows, ...shape.map(Number)]),
    });
    return {
      coefficients: backs.map(([name]) => floatsOf(results[name])),
      rest: floatsOf(results.rest),
      constants: floatsOf(results.constants),
      offset: floatsOf(results.offset),
      gap: floatsOf(results.gap),
      lower: floatsOf(results.least),
      upper: floatsOf(results.most),
    };
  };
  const operations = Math.max(0, ...step.parts.map((part) => part.operations));
  return { relate, inputsAt: await openInputs(model, step, runtime), operations, size, hasChoices };
}

async function openInputs(model: TypedModel, { parts }: Step, runtime: Runtime) {
  const p = new Program();
  const x = p.input('x', 'float32', model.input.shape);
  const { values } = lowerModel(p, model, x);
  const lookUp = (name: string): Value => {
    const constant = model.graph.constants.get(name) ?? model.folded.get(name);
    const value = values.get(name) ?? (constant && p.constant(constant));
    if (value === undefined) throw new RangeError(`no value ${name}`);
    return value;
  };
  const named = parts.map(({ source }, at) => [`z${at}`, lookUp(source)] as const);
  const session = await compile(p, { ...Object.fromEntries(named), touch: p.fillLike(x, 0) }, runtime);
  return async (point: Tensor<'float32'>): Promise<Numbers[]> => {
    const results = await session.run({ x: point });
    return named.map(([name]) => numbersOf(results[name]));
  };
}
