// Judging points on segments between two inputs: what bisection asks.
import { float32 } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import { vector } from '../batches.js';
import type { FuzzTarget } from '../target.js';
import { floats, type Screened, screened, screenOutputs, signalsOf } from './screened.js';

export type Segments = {
  /** Ends, [rows, ...input]. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Where on each, 0 to 1. */
  readonly at: Float32Array;
  readonly seeds: Int32Array;
};

export type BetweenProgram = {
  /** The points and what they are. */
  judge(segments: Segments): Promise<{ readonly screened: Screened; readonly inputs: Float32Array }>;
};

/** Points of a segment lie in the box that both ends lie in: rounding is monotone, and they are clipped to the ends. */
export async function betweenProgram(fuzzed: FuzzTarget, runtime: Runtime): Promise<BetweenProgram> {
  const p = new Program();
  const { set, targets } = fuzzed;
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const shape = [batch, ...set.shape];
  const [from, to] = [p.input('from', 'float32', shape), p.input('to', 'float32', shape)];
  const at = p.reshape(p.input('at', 'float32', [batch]), [batch, ...set.shape.map(() => 1)]);
  const point = p.add(from, p.mul(at, p.sub(to, from)));
  const inputs = p.min(p.max(point, p.min(from, to)), p.max(from, to));
  const target = p.input('target', 'int32', [batch]);
  const encoding = fuzzed.encode(p, inputs, p.cast(target, 'int64'));
  const signals = signalsOf(encoding, fuzzed).length;
  const session = await compile(p, { ...screenOutputs(p, encoding, fuzzed, target), inputs }, runtime);
  return {
    judge: async (segments) => {
      const rows = segments.seeds.length;
      const results = await session.run({
        from: float32(segments.from, [rows, ...set.shape]),
        to: float32(segments.to, [rows, ...set.shape]),
        at: float32(segments.at, [rows]),
        target: vector(segments.seeds.map((seed) => targets[set.instanceOf[seed] as number] as number)),
      });
      return { screened: screened(results, signals, 0), inputs: floats(results.inputs) };
    },
  };
}
