// The two programs of an attack: judge a batch, and judge it while moving every row one sign-gradient step.
import { greatestFinite, smallestNormal } from '../base/dtype.js';
import { float32, type Tensor, tensor } from '../base/tensor.js';
import type { Encode, Encoding } from '../ops/encoding.js';
import type { Ball } from '../policy/ball.js';
import type { InputSet } from '../policy/input-set.js';
import { compile } from '../program/compile.js';
import type { Dims } from '../program/dims.js';
import { firstGradient } from '../program/grad.js';
import { Program } from '../program/program.js';
import type { Runtime, Session } from '../program/session.js';
import type { Value } from '../program/value.js';
import type { Attempt } from './attack-progress.js';

export type Judged = {
  /** 1 where the row looks like a violation. */
  readonly violated: Uint8Array;
  /** undefined where the property has no margin. */
  readonly margin: Float32Array | undefined;
};

export type AttackProgram = {
  evaluate(inputs: Float32Array, targets: Int32Array): Promise<Judged>;
  /** Judges the inputs and returns them moved by `step` widths of their boxes, inside them; undefined without derivative. */
  readonly descend:
    | ((
        inputs: Float32Array,
        targets: Int32Array,
        attempts: readonly Attempt[],
        step: number,
      ) => Promise<Judged & { readonly inputs: Float32Array<ArrayBuffer> }>)
    | undefined;
};

export async function compileAttack(
  encode: Encode,
  set: InputSet,
  batched: boolean,
  runtime: Runtime,
): Promise<AttackProgram> {
  const rowsOf = (data: Float32Array): Tensor => float32(data, [data.length / set.size, ...set.shape]);
  const labels = (targets: Int32Array): Tensor => tensor('int32', [targets.length], targets);
  const shape: Dims = [batched ? 'batch' : 1, ...set.shape];
  const judge = await compileJudge(encode, shape, runtime);
  const step = await compileStep(encode, shape, set.ball, runtime);
  const evaluate = async (inputs: Float32Array, targets: Int32Array) =>
    judged(await judge.run({ x: rowsOf(inputs), target: labels(targets) }));
  if (step === undefined) return { evaluate, descend: undefined };
  return {
    evaluate,
    descend: async (inputs, targets, attempts, size) => {
      const { lower, upper } = boxesOf(set, attempts);
      const results = await step.run({
        x: rowsOf(inputs),
        target: labels(targets),
        lower: rowsOf(lower),
        upper: rowsOf(upper),
        step: float32([size], []),
      });
      return { ...judged(results), inputs: results.moved?.data as Float32Array<ArrayBuffer> };
    },
  };
}

const sources = (p: Program, shape: Dims): { x: Value; target: Value } => ({
  x: p.input('x', 'float32', shape),
  // int32, because JavaScript fills it without BigInts.
  target: p.cast(p.input('target', 'int32', [shape[0] ?? 1]), 'int64'),
});

async function compileJudge(encode: Encode, shape: Dims, runtime: Runtime): Promise<Session> {
  const p = new Program();
  const { x, target } = sources(p, shape);
  return compile(p, outputs(p, encode(p, x, target), target), runtime);
}

async function compileStep(
  encode: Encode,
  shape: Dims,
  ball: Ball | undefined,
  runtime: Runtime,
): Promise<Session | undefined> {
  const p = new Program();
  const { x, target } = sources(p, shape);
  const encoding = encode(p, x, target);
  const slope = firstGradient(p, encoding.losses, x);
  if (slope === undefined) return undefined;
  const [lower, upper] = [p.input('lower', 'float32', shape), p.input('upper', 'float32', shape)];
  const step = p.input('step', 'float32', []);
  const width =
    ball === undefined ? ofBox(p, lower, upper, step) : ofBall(p, slope, { x, lower, upper }, step, ball);
  // Comparisons, because the sign of a NaN is NaN: an element whose derivative is not a number stays where it is.
  const lowered = p.where(p.greater(slope, 0), p.max(p.sub(x, width), lower), x);
  const moved = p.where(p.less(slope, 0), p.min(p.add(x, width), upper), lowered);
  return compile(p, { ...outputs(p, encoding, target), moved }, runtime);
}

/** Scaled first: the width of a box may overflow. */
const ofBox = (p: Program, lower: Value, upper: Value, step: Value): Value =>
  p.sub(p.mul(upper, step), p.mul(lower, step));

/**
 * How far each element goes, so that all together go `step` widths of the ball: along the slope in l2; in l1 the steepest ones, those that
 * have half of the greatest slope. Elements at the end of their box that they would leave do not count.
 */
function ofBall(
  p: Program,
  slope: Value,
  { x, lower, upper }: Readonly<Record<'x' | 'lower' | 'upper', Value>>,
  step: Value,
  { norm, epsilon }: Ball,
): Value {
  const room = p.where(p.greater(slope, 0), p.sub(x, lower), p.sub(upper, x));
  const known = p.lessOrEqual(p.abs(slope), greatestFinite.float32);
  const steep = p.where(p.greater(p.where(known, room, 0), 0), p.abs(slope), 0);
  const rows = (value: Value) => p.reshape(value, [value.shape[0] ?? 1, ...x.shape.slice(1).map(() => 1)]);
  const flat = (value: Value) => p.mergeInto(value, 1);
  // Slopes of at most 1, so that squares neither overflow nor all vanish.
  const greatest = p.max(rows(p.reduceMax(flat(steep), [1])), smallestNormal.float32);
  const scaled = p.div(steep, greatest);
  const length = Math.min(2 * epsilon, greatestFinite.float32);
  const share =
    norm === 'l2'
      ? p.div(scaled, p.max(p.sqrt(rows(p.reduceSum(flat(p.mul(scaled, scaled)), [1]))), 2 ** -60))
      : sharedBySteepest(p, scaled, rows, flat);
  return p.mul(p.mul(share, step), length);
}

function sharedBySteepest(
  p: Program,
  scaled: Value,
  rows: (value: Value) => Value,
  flat: (value: Value) => Value,
): Value {
  const chosen = p.cast(p.greaterOrEqual(scaled, 0.5), 'float32');
  return p.div(chosen, p.max(rows(p.reduceSum(flat(chosen), [1])), 1));
}

/** The target takes part whether or not the property reads it, so that every program has the same inputs. */
function outputs(p: Program, encoding: Encoding, target: Value): Record<string, Value> {
  const zero = p.mul(p.cast(target, 'float32'), 0);
  const violated = p.greater(p.add(p.cast(encoding.violated, 'float32'), zero), 0.5);
  return encoding.margin === undefined ? { violated } : { violated, margin: encoding.margin };
}

const judged = (results: Record<string, Tensor | undefined>): Judged => ({
  violated: results.violated?.data as Uint8Array,
  margin: results.margin?.data as Float32Array | undefined,
});

function boxesOf({ size, lower, upper }: InputSet, attempts: readonly Attempt[]) {
  const result = {
    lower: new Float32Array(attempts.length * size),
    upper: new Float32Array(attempts.length * size),
  };
  attempts.forEach(({ instance }, row) => {
    result.lower.set(lower.data.subarray(instance * size, (instance + 1) * size), row * size);
    result.upper.set(upper.data.subarray(instance * size, (instance + 1) * size), row * size);
  });
  return result;
}
