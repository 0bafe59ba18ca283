// What the baselines ask of a model: written apart from the fuzzer's own programs, so that a mistake there shows as a difference.
import { float32, type Tensor, tensor } from '../../../../src/base/tensor.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { Encoding } from '../../../../src/ops/encoding.js';
import { compile } from '../../../../src/program/compile.js';
import { firstGradient } from '../../../../src/program/grad.js';
import { Program } from '../../../../src/program/program.js';
import type { Results, Runtime } from '../../../../src/program/session.js';
import type { Value } from '../../../../src/program/value.js';

/** Per row. */
export type Judged = {
  readonly violated: Uint8Array;
  readonly cluster: Int32Array | undefined;
  /** The answer whose change bisection looks for. */
  readonly side: Int32Array | undefined;
};

export type Judge = (inputs: Float32Array, seeds: Int32Array) => Promise<Judged>;
/** Judges the rows as they are, and moves each by `width` of its box against the sign of the loss's gradient, inside the box. */
export type Descend = (
  inputs: Float32Array,
  seeds: Int32Array,
  width: number,
) => Promise<{ readonly judged: Judged; readonly moved: Float32Array }>;

export async function judgeOf(fuzzed: FuzzTarget, runtime: Runtime): Promise<Judge> {
  const p = new Program();
  const { encoding, target } = encoded(p, fuzzed);
  const session = await compile(p, outputs(p, encoding, target), runtime);
  return async (inputs, seeds) => judged(await session.run(feeds(fuzzed, inputs, seeds)));
}

/** Undefined where no loss has a derivative. */
export async function descendOf(fuzzed: FuzzTarget, runtime: Runtime): Promise<Descend | undefined> {
  const p = new Program();
  const { encoding, target, x } = encoded(p, fuzzed);
  const slope = firstGradient(p, encoding.losses, x);
  if (slope === undefined) return undefined;
  const [lower, upper] = [p.input('lower', 'float32', x.shape), p.input('upper', 'float32', x.shape)];
  const step = p.mul(p.sub(upper, lower), p.input('width', 'float32', []));
  // Comparisons: an element whose derivative is not a number stays where it is.
  const down = p.where(p.greater(slope, 0), p.max(p.sub(x, step), lower), x);
  const moved = p.where(p.less(slope, 0), p.min(p.add(x, step), upper), down);
  const session = await compile(p, { ...outputs(p, encoding, target), moved }, runtime);
  return async (inputs, seeds, width) => {
    const results = await session.run({
      ...feeds(fuzzed, inputs, seeds),
      lower: boxRows(fuzzed, fuzzed.set.lower.data, seeds),
      upper: boxRows(fuzzed, fuzzed.set.upper.data, seeds),
      width: float32([width], []),
    });
    return { judged: judged(results), moved: results.moved?.data as Float32Array };
  };
}

function encoded(p: Program, { encode, set }: FuzzTarget) {
  const x = p.input('x', 'float32', ['batch', ...set.shape]);
  const target = p.input('target', 'int32', ['batch']);
  return { x, target, encoding: encode(p, x, p.cast(target, 'int64')) };
}

/** The target takes part whether or not the property reads it. */
function outputs(p: Program, { violated, cluster, side }: Encoding, target: Value): Record<string, Value> {
  const zero = p.mul(p.cast(target, 'float32'), 0);
  return {
    violated: p.greater(p.add(p.cast(violated, 'float32'), zero), 0.5),
    ...(cluster && { cluster: p.cast(cluster, 'int32') }),
    ...(side && { side: p.cast(side, 'int32') }),
  };
}

const judged = ({ violated, cluster, side }: Results): Judged => ({
  violated: violated?.data as Uint8Array,
  cluster: cluster?.data as Int32Array | undefined,
  side: side?.data as Int32Array | undefined,
});

const feeds = ({ set, targets }: FuzzTarget, inputs: Float32Array, seeds: Int32Array) => ({
  x: float32(inputs, [seeds.length, ...set.shape]),
  target: tensor(
    'int32',
    [seeds.length],
    seeds.map((seed) => targets[set.instanceOf[seed] ?? 0] ?? 0),
  ),
});

/** One row per seed: its instance's. */
function boxRows({ set }: FuzzTarget, bounds: Float32Array, seeds: Int32Array): Tensor {
  const result = new Float32Array(seeds.length * set.size);
  for (const [row, seed] of seeds.entries()) {
    const from = (set.instanceOf[seed] ?? 0) * set.size;
    result.set(bounds.subarray(from, from + set.size), row * set.size);
  }
  return float32(result, [seeds.length, ...set.shape]);
}
