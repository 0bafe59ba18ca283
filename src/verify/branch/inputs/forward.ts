// Bounds of all hidden values of a sub-problem by affine forms of the few inputs that vary: cheap, for networks so wide that rows backwards
// are not.
import { float32 } from '../../../base/tensor.js';
import { instanceOf } from '../../../graph/instance.js';
import { createRounding } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import type { Dims } from '../../../program/dims.js';
import { Program } from '../../../program/program.js';
import type { Runtime } from '../../../program/session.js';
import { boundForward } from '../../forward/propagate.js';
import type { OpenDisjunct } from '../types.js';
import { hiddenTargets, type Subject } from './hidden.js';
import type { Space } from './space.js';
import { hiddenLowerOf, hiddenUpperOf, lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** Tightens the bounds of hidden values of a packed sub-problem in place. */
export type Forward = (space: Space, data: Subproblem['data']) => Promise<void>;

/**
 * @throws Unbounded where a hidden value has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function openForward(subject: Subject, runtime: Runtime): Promise<Forward> {
  const model = instanceOf(subject.model);
  const names = hiddenTargets(subject).map(({ name }) => name);
  const shapes = names.map((name) => (model.types.get(name)?.shape ?? []).map(Number));
  const p = new Program();
  const pairOf = (key: string, shape: Dims) => ({
    lower: p.input(`lower${key}`, 'float32', shape),
    upper: p.input(`upper${key}`, 'float32', shape),
  });
  const box = pairOf('', model.input.shape);
  const known = new Map(names.map((name, k) => [name, pairOf(`${k}`, shapes[k] ?? [])]));
  const arithmetic = { p, rounding: createRounding('float32', subject.arithmetic) };
  const bounded = boundForward(arithmetic, model, box, movingOf(subject.disjuncts), known);
  const outputs = names.flatMap((name, k) => {
    const { lower, upper } = bounded.bounds(name);
    return [[`least${k}`, lower] as const, [`most${k}`, upper] as const];
  });
  const session = await compile(p, Object.fromEntries(outputs), runtime);
  const inputShape = model.input.shape.map(Number);
  return async ({ packing, hidden }, data) => {
    const [low, high] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
    const part = (side: typeof low, { offset, size }: Space['hidden'][number]) =>
      side.slice(offset, offset + size);
    const feeds = hidden.flatMap((value, k) => [
      [`lower${k}`, float32(part(low, value), shapes[k] ?? [])] as const,
      [`upper${k}`, float32(part(high, value), shapes[k] ?? [])] as const,
    ]);
    const found = await session.run({
      lower: float32(lowerOf(packing, data).slice(), inputShape),
      upper: float32(upperOf(packing, data).slice(), inputShape),
      ...Object.fromEntries(feeds),
    });
    hidden.forEach(({ offset }, k) => {
      low.set(found[`least${k}`]?.data as Float32Array, offset);
      high.set(found[`most${k}`]?.data as Float32Array, offset);
    });
  };
}

/** Elements of the input that vary in some disjunct. */
export function movingOf(disjuncts: readonly Pick<OpenDisjunct, 'lower' | 'upper'>[]): number[] {
  const moving = new Set<number>();
  for (const { lower, upper } of disjuncts)
    lower.forEach((low, at) => {
      if (low < (upper[at] ?? low)) moving.add(at);
    });
  return [...moving].sort((a, b) => a - b);
}
