// Bounds of every value of a model at once, and their check against what was computed.
import type { Tensor } from '../../src/base/tensor.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { boundModel } from '../../src/ops/bound-model.js';
import { createRounding } from '../../src/ops/rounding.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import type { Runtime } from '../../src/program/session.js';
import { type Boxes, floatsOf, numbersOf } from './bounding.js';

type Floats = Float32Array | Float64Array;
export type BoundsOf = { readonly lower: Floats; readonly upper: Floats };

/** By value name, [boxes, ...value] each; float32 program of the deployed network. @throws Unbounded */
export async function boundsOfAll(
  model: TypedModel,
  boxes: Boxes,
  runtime: Runtime,
): Promise<Map<string, BoundsOf>> {
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', model.input.shape);
  const bounded = boundModel(
    p,
    model,
    { lower: input('lower'), upper: input('upper') },
    createRounding('float32', 'deployed'),
  );
  const names = model.graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => !model.folded.has(name));
  const outputs = names.flatMap((name, at) => {
    const { lower, upper } = bounded.bounds(name);
    return [[`l${at}`, lower] as const, [`u${at}`, upper] as const];
  });
  const results = await (await compile(p, Object.fromEntries(outputs), runtime)).run(boxes);
  return new Map(
    names.map((name, at) => [
      name,
      { lower: floatsOf(results[`l${at}`]), upper: floatsOf(results[`u${at}`]) },
    ]),
  );
}

/**
 * How many elements of the rows of one box leave its bounds; an infinite upper bound allows anything. Zero tolerance, and
 * NaN leaves every finite bound.
 */
export function countOutside({ lower, upper }: BoundsOf, box: number, boxes: number, rows: Tensor): number {
  const size = lower.length / boxes;
  const data = numbersOf(rows);
  if (data.length % size !== 0) throw new RangeError(`${data.length} values in rows of ${size}`);
  let outside = 0;
  for (let at = 0; at < data.length; at++) {
    const element = box * size + (at % size);
    const [low, high, y] = [lower[element] as number, upper[element] as number, data[at] as number];
    if (!(high === Number.POSITIVE_INFINITY || (low <= y && y <= high))) outside++;
  }
  return outside;
}
