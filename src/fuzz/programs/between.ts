// Judging points on segments between two inputs: what bisection asks.
import { float32 } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Shared } from '../../program/session.js';
import { vector } from '../batches.js';
import { encodeLimits } from '../limits.js';
import { towards } from '../mutators/towards.js';
import type { FuzzTarget } from '../target.js';
import { around, parentInputs } from './mutation.js';
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

/**
 * Undefined where no objective has a side. Points keep the limits, which few changed elements and whole numbers would not do by
 * themselves: between two inputs that differ from their seed in one element each are such that differ in two.
 */
export async function betweenProgram(
  fuzzed: FuzzTarget,
  tables: Shared,
  runtime: Runtime,
): Promise<BetweenProgram | undefined> {
  const p = new Program();
  const { set, targets, domain, limits } = fuzzed;
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const grid = [batch, 1, ...set.shape];
  const end = (name: string) => p.reshape(p.input(name, 'float32', [batch, ...set.shape]), grid);
  const [from, to] = [end('from'), end('to')];
  const at = p.reshape(p.input('at', 'float32', [batch]), [batch, 1, ...set.shape.map(() => 1)]);
  const parents = around(parentInputs(p, fuzzed, batch, new Set()), from);
  const points = encodeLimits(p, domain, limits, parents, towards(p, from, to, at));
  const inputs = p.reshape(points, [batch, ...set.shape]);
  const target = p.input('target', 'int32', [batch]);
  const encoding = fuzzed.encode(p, inputs, p.cast(target, 'int64'));
  const signals = signalsOf(encoding, fuzzed).length;
  const outputs = screenOutputs(p, encoding, fuzzed);
  if (outputs.side === undefined) return undefined;
  const session = await compile(p, { ...outputs, inputs }, runtime);
  return {
    judge: async (segments) => {
      const { seeds } = segments;
      const rows = seeds.length;
      const instances = seeds.map((seed) => set.instanceOf[seed] as number);
      const results = await session.run(
        {
          from: float32(segments.from, [rows, ...set.shape]),
          to: float32(segments.to, [rows, ...set.shape]),
          at: float32(segments.at, [rows]),
          target: vector(instances.map((instance) => targets[instance] as number)),
          seed: vector(seeds.slice()),
          instance: vector(instances),
        },
        tables,
      );
      return { screened: screened(results, signals, 0), inputs: floats(results.inputs) };
    },
  };
}
