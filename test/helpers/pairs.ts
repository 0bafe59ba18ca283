// Properties of two inputs over networks that compute exactly: small whole weights and inputs on a grid, so that whatever runs them
// gives the very same numbers, ties included.
import { float32 } from '../../src/base/tensor.js';
import type { Subject } from '../../src/cli/check/subject.js';
import type { Model } from '../../src/graph/graph.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import type { Draw } from './draw.js';
import { type Dense, mlpModel } from './mlps.js';
import { inline } from './programs.js';

/** Rectifiers between layers of whole weights from -2 to 2. */
export function exactNetwork(draw: Draw, widths: readonly number[]): Model {
  const layers = widths.slice(1).map((outputs, at): Dense => {
    const inputs = widths[at] ?? 1;
    return {
      weight: float32(draw.ints(inputs * outputs, -2, 2), [inputs, outputs]),
      bias: float32(draw.ints(outputs, -2, 2), [outputs]),
    };
  });
  return mlpModel(layers, ['batch', widths[0] ?? 1]);
}

/** Quarters from -1 to 1. */
export const gridPoint = (draw: Draw, size: number): number[] =>
  draw.ints(size, -4, 4).map((value) => value / 4);

/** One that is no farther from a point than that, in linf: whole quarters. */
export const gridPointNear = (draw: Draw, point: readonly number[], linfEpsilon: number): Float32Array =>
  Float32Array.from(point, (value) =>
    Math.min(1, Math.max(-1, value + draw.int(-4 * linfEpsilon, 4 * linfEpsilon) / 4)),
  );

/** What search sees of vectors of pairs, in one batch. */
export async function seenBy(subject: Subject, joined: readonly Float32Array[]) {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', subject.set.size]);
  const target = p.input('target', 'int64', ['batch']);
  const { violated, margin } = subject.encode(p, x, target);
  const like = p.mul(p.cast(target, 'float32'), 0);
  const seen = p.add(p.cast(violated, 'float32'), like);
  const session = await compile(p, { seen, ...(margin && { margin }) }, inline);
  const data = new Float32Array(joined.length * subject.set.size);
  joined.forEach((one, at) => {
    data.set(one, at * subject.set.size);
  });
  const results = await session.run({
    x: float32(data, [joined.length, subject.set.size]),
    target: { dtype: 'int64', shape: [joined.length], data: new BigInt64Array(joined.length) },
  });
  return {
    violated: Array.from(results.seen?.data as Float32Array, (value) => value === 1),
    margin: Array.from((results.margin?.data ?? []) as Float32Array),
  };
}
