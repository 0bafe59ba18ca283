// The network itself as a program, for searches: the one that whoever opened the model compared with the file, so that it is opened once.
import { float32 } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import { lowerModel } from '../ops/lower-model.js';
import { compile } from '../program/compile.js';
import { staticSize } from '../program/dims.js';
import { Program } from '../program/program.js';
import type { Runtime } from '../program/session.js';

/** Points [n, inputs] -> outputs [n, outputs], as float32. */
export type Network = (points: Float32Array) => Promise<Float32Array>;

/**
 * @param rows of a call: any number, or one at a time
 * @throws ProgramError where a node cannot be run on so many rows at once
 */
export async function openNetwork(model: TypedModel, rows: 'batch' | 1, runtime: Runtime): Promise<Network> {
  const p = new Program();
  const features = model.input.shape.slice(1).map(Number);
  const x = p.input('x', 'float32', [rows, ...features]);
  const output = p.cast(lowerModel(p, model, x).output, 'float32');
  const session = await compile(p, { output }, runtime);
  const size = staticSize(features);
  return async (points) => {
    const results = await session.run({ x: float32(points, [points.length / size, ...features]) });
    return results.output?.data as Float32Array;
  };
}
