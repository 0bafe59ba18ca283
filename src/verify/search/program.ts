// Programs of a search: the margin of each point for its disjunct, and one step of descent on it.
import { once } from '../../base/once.js';
import { float32, int64, type Tensor, tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { lowerModel } from '../../ops/lower-model.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { compile } from '../../program/compile.js';
import { type Dims, staticSize } from '../../program/dims.js';
import { firstGradient } from '../../program/grad.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import type { Float32Box } from '../decide/boxes.js';
import { openNetwork } from '../network.js';
import { greatestRows } from './judge.js';
import { straightThrough } from './straight-through.js';
import type { ConstraintTable } from './table.js';

/** Points of a batch, each on its way to violate one disjunct. Arrays [rows, inputs] but for `targets` [rows]. */
export type Climbers = {
  readonly points: Float32Array;
  /** Number of each point's disjunct in the table. */
  readonly targets: Int32Array;
  /** Adam's running means of gradients and of their squares (Kingma and Ba, arXiv 1412.6980). */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** 1 where the sum of what rows exceed by is descended, 0 where the greatest is. [rows] */
  readonly summed: Float32Array;
};

export type SearchProgram = {
  /** Rows that a call takes: any number, or one at a time. */
  readonly batched: boolean;
  /** [rows] greatest row of each point's disjunct: at most 0 where it looks like a counterexample. */
  margins(points: Float32Array, targets: Int32Array): Promise<Float32Array>;
  /** Written and opened when it is first asked for; undefined where nothing has a derivative. */
  step(): Promise<Descend | undefined>;
};

/** Margins of the points as they are, and the climbers after a step. */
export type Descend = (climbers: Climbers, step: Step) => Promise<Stepped>;

export type Step = {
  /** Number of the step, from 1. */
  readonly number: number;
  /** Of the width of the box, in each element. */
  readonly size: number;
};

export type Stepped = Omit<Climbers, 'targets' | 'summed'> & { readonly margins: Float32Array };

/** Decay of Adam's means: short memories, for a few dozen steps. */
const decay = { mean: 0.6, square: 0.9 } as const;

/** @param boxes distinct boxes, and for each disjunct of the table the number of its own */
export async function compileSearch(
  model: TypedModel,
  table: ConstraintTable,
  boxes: { readonly distinct: readonly Float32Box[]; readonly of: Int32Array },
  runtime: Runtime,
): Promise<SearchProgram> {
  const batched = runsBatched(model);
  const inner = model.input.shape.slice(1).map(Number);
  const size = inner.reduce((product, dim) => product * dim, 1);
  const shape: Dims = [batched ? 'batch' : 1, ...inner];
  const rowsOf = (data: Float32Array): Tensor => float32(data, [data.length / size, ...inner]);
  const network = await openNetwork(model, batched ? 'batch' : 1, runtime);
  const margins: SearchProgram['margins'] = async (points, targets) =>
    greatestRows(table, { points, results: await network(points), targets });
  const step = once(async () => {
    const session = await compileStep(model, table, boxes, shape, runtime);
    return session && descending(session, rowsOf);
  });
  return { batched, margins, step };
}

const descending =
  (session: Session, rowsOf: (data: Float32Array) => Tensor): Descend =>
  async ({ points, targets, mean, square, summed }, { number, size: width }) => {
    const results = await session.run({
      x: rowsOf(points),
      target: tensor('int32', [targets.length], targets),
      mean: rowsOf(mean),
      square: rowsOf(square),
      summed: float32(summed),
      // The means start from zero: what is missing of them is made up for, in the size of the step.
      step: float32([(width * Math.sqrt(1 - decay.square ** number)) / (1 - decay.mean ** number)], []),
    });
    return {
      points: floats(results, 'moved'),
      mean: floats(results, 'newMean'),
      square: floats(results, 'newSquare'),
      margins: floats(results, 'margins'),
    };
  };

function floats(results: Readonly<Record<string, Tensor | undefined>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`result "${name}" is not float32`);
  return data;
}

type Sources = { readonly x: Value; readonly target: Value };

const sources = (p: Program, shape: Dims): Sources => ({
  x: p.input('x', 'float32', shape),
  // int32, because JavaScript fills it without BigInts.
  target: p.cast(p.input('target', 'int32', [shape[0] ?? 1]), 'int64'),
});

/** [batch, rows]: how much each row of a point's disjunct exceeds its bound. */
function rowValues(
  p: Program,
  { rows, terms, readsInputs, indices, coefficients, bounds }: ConstraintTable,
  { x, target }: Sources,
  output: Value,
): Value {
  const batch = x.shape[0] ?? 1;
  const flat = (value: Value) =>
    p.cast(p.reshape(value, [batch, staticSize(value.shape.slice(1))]), 'float32');
  const all = readsInputs ? p.concat([flat(output), flat(x)], 1) : flat(output);
  const chosen = p.gatherElements(
    all,
    p.gather(p.constant(int64(Array.from(indices), coefficients.shape)), target, 0),
    1,
  );
  const products = p.mul(chosen, p.gather(p.constant(coefficients), target, 0));
  const sums = p.reshape(p.reduceSum(p.reshape(products, [batch, rows, terms]), [2]), [batch, rows]);
  return p.sub(sums, p.gather(p.constant(bounds), target, 0));
}

const greatestRow = (p: Program, values: Value): Value =>
  p.reshape(p.reduceMax(values, [1]), [values.shape[0] ?? 1]);

async function compileStep(
  model: TypedModel,
  table: ConstraintTable,
  boxes: { readonly distinct: readonly Float32Box[]; readonly of: Int32Array },
  shape: Dims,
  runtime: Runtime,
) {
  const p = new Program();
  const { x, target } = sources(p, shape);
  const output = straightThrough(p, lowerModel(p, model, x).output);
  const values = rowValues(p, table, { x, target }, output);
  const margins = greatestRow(p, values);
  const excesses = p.reshape(p.reduceSum(p.relu(values), [1]), [shape[0] ?? 1]);
  const summed = p.input('summed', 'float32', [shape[0] ?? 1]);
  const loss = p.where(p.greater(summed, 0.5), p.add(excesses, p.mul(margins, 0)), margins);
  const slope = firstGradient(p, [loss], x);
  if (slope === undefined) return undefined;
  const { lower, upper } = boxValues(p, boxes, target, shape);
  const mean = p.input('mean', 'float32', shape);
  const square = p.input('square', 'float32', shape);
  const g = normalised(p, slope);
  const newMean = p.add(p.mul(mean, decay.mean), p.mul(g, 1 - decay.mean));
  const newSquare = p.add(p.mul(square, decay.square), p.mul(p.mul(g, g), 1 - decay.square));
  const direction = p.div(newMean, p.add(p.sqrt(newSquare), 1e-8));
  const step = p.input('step', 'float32', []);
  // Scaled first: the width of a box may overflow.
  const reach = p.sub(p.mul(upper, step), p.mul(lower, step));
  const moved = p.min(p.max(p.sub(x, p.mul(direction, reach)), lower), upper);
  return compile(p, { margins, moved, newMean, newSquare }, runtime);
}

/** Of each row's greatest element, so that squares neither vanish nor overflow; zero where it is no number. */
function normalised(p: Program, slope: Value): Value {
  const axes = slope.shape.slice(1).map((_, at) => at + 1);
  const known = p.where(p.lessOrEqual(p.abs(slope), 3e38), slope, 0);
  const most = p.reduceMax(p.abs(known), axes);
  return p.div(known, p.max(most, 1e-37));
}

function boxValues(
  p: Program,
  { distinct, of }: { readonly distinct: readonly Float32Box[]; readonly of: Int32Array },
  target: Value,
  shape: Dims,
): { lower: Value; upper: Value } {
  const inner = shape.slice(1).map(Number);
  const size = inner.reduce((product, dim) => product * dim, 1);
  const side = (pick: (box: Float32Box) => Float32Array): Value => {
    const data = new Float32Array(distinct.length * size);
    distinct.forEach((box, at) => {
      data.set(pick(box), at * size);
    });
    const table = p.constant(float32(data, [distinct.length, ...inner]));
    if (distinct.length === 1) return table;
    return p.gather(table, p.gather(p.constant(tensor('int32', [of.length], of)), target, 0), 0);
  };
  return { lower: side(({ lower }) => lower), upper: side(({ upper }) => upper) };
}
