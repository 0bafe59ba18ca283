// Which elements of hidden values combinations of outputs depend on: those that get coefficients when combinations go backwards, with
// bounds drawn so that hardly any relaxation is level. Good for choosing what to bound, not for bounds.
import { createRng } from '../../base/rng.js';
import { float32, type Tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { compile } from '../../program/compile.js';
import { staticSize } from '../../program/dims.js';
import type { Feeds, Runtime } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { newLedger, toInputs } from './backward.js';
import type { Target } from './plan.js';
import { openFrame } from './programs.js';

/** By target: whether anything depends on each of its elements. */
export type Dependence = readonly (readonly boolean[])[];

/**
 * @param model one instance
 * @param coefficients [rows, outputs]
 * @throws Unbounded where the output has no bounds
 */
export async function dependenceOn(
  model: TypedModel,
  targets: readonly Target[],
  coefficients: Tensor<'float32'>,
  runtime: Runtime,
): Promise<Dependence> {
  const { frame } = openFrame(model, targets, { arithmetic: 'real' });
  const { p, bounded } = frame;
  const { shape } = bounded.bounds(model.output.name).lower;
  const given = p.reshape(p.input('coefficients', 'float32', ['rows', staticSize(shape)]), [
    'rows',
    ...shape,
  ]);
  const seen = new Map<string, Value>();
  const observe = (name: string, a: Value) => {
    const size = staticSize(a.shape.slice(1));
    seen.set(name, p.reduceMax(p.abs(p.reshape(a, [a.shape[0] ?? 1, size])), [0]));
  };
  toInputs({ ...frame, observe }, new Map([[model.output.name, given]]), newLedger(frame));
  const outputs = targets.flatMap(({ name }, at) => {
    const value = seen.get(name);
    return value === undefined ? [] : [[`target${at}`, value] as const];
  });
  const unread = ({ name }: Target) =>
    new Array<boolean>(staticSize(model.types.get(name)?.shape ?? [])).fill(false);
  if (outputs.length === 0) return targets.map(unread);
  const session = await compile(p, Object.fromEntries(outputs), runtime);
  const found = await session.run({
    ...drawnBounds(model, targets),
    coefficients: bothSigns(coefficients),
  });
  return targets.map((target, at) => {
    const greatest = found[`target${at}`]?.data as Float32Array | undefined;
    // What is not a number says nothing: it counts.
    return greatest === undefined ? unread(target) : Array.from(greatest, (a) => a !== 0);
  });
}

/** Around 0, with more above than below: both lines of a Relu rise, and no product's middle is 0. */
function drawnBounds(model: TypedModel, targets: readonly Target[]): Feeds {
  const rng = createRng(1, 'dependence');
  const feeds: Record<string, Tensor<'float32'>> = {};
  const draw = (key: string, dims: readonly (number | string)[]) => {
    const shape = dims.map(Number);
    const numbers = (from: number, length: number) =>
      float32(
        Float32Array.from({ length: staticSize(shape) }, () => from + length * rng.uniform()),
        shape,
      );
    feeds[`lower${key}`] = numbers(-0.5, 0.4);
    feeds[`upper${key}`] = numbers(0.6, 0.4);
  };
  draw('', model.input.shape);
  targets.forEach(({ name }, at) => {
    draw(`${at}`, model.types.get(name)?.shape ?? []);
  });
  return feeds;
}

/** A line that is level for one sign need not be so for the other. */
function bothSigns({ data, shape: [rows = 0, size = 0] }: Tensor<'float32'>): Tensor<'float32'> {
  const both = new Float32Array(2 * data.length);
  both.set(data);
  both.set(
    data.map((value) => -value),
    data.length,
  );
  return float32(both, [2 * rows, size]);
}
