// Judging inputs and moving each one sign-gradient step (Madry et al., arXiv 1706.06083), on an objective's loss or on
// the activation of chosen neurons (DeepXplore, Pei et al., arXiv 1705.06640, section 4.2; DLFuzz, Guo et al., arXiv 1808.09413).
import { greatestFinite } from '../../base/dtype.js';
import { float32, type Tensor } from '../../base/tensor.js';
import type { Encoding, Layer } from '../../ops/encoding.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { firstGradient } from '../../program/grad.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { vector } from '../batches.js';
import { encodeLimits } from '../limits.js';
import type { FuzzTarget } from '../target.js';
import { movingElements } from './few-elements.js';
import { around, parentInputs, type Reads } from './mutation.js';
import { floats, type Screened, screened, screenOutputs, signalsOf } from './screened.js';

/** Rows on their way. */
export type Climbers = {
  /** [rows, ...input] */
  readonly inputs: Float32Array;
  /** Seed of each row. */
  readonly seeds: Int32Array;
  /** Of each row, in widths of its box. */
  readonly steps: Float32Array;
  /** One 1 per row at the neuron to be raised, [rows, neurons]; only where neurons are climbed. */
  readonly chosen: Float32Array | undefined;
};

export type AscendProgram = {
  /** Numbers per row of `chosen`. */
  readonly neurons: number;
  /** Judges the rows as they are, and moves them. */
  step(climbers: Climbers): Promise<{ readonly screened: Screened; readonly moved: Float32Array }>;
};

/** What is climbed: an objective's loss, by its position, hidden neurons, or outputs, each against the greatest of the others. */
export type Slope = number | 'neurons' | 'outputs';

/** Undefined where nothing there has a derivative. */
export async function ascendProgram(
  fuzzed: FuzzTarget,
  slope: Slope,
  tables: Shared,
  runtime: Runtime,
): Promise<AscendProgram | undefined> {
  const p = new Program();
  const batch: Dim = fuzzed.batched ? 'batch' : 1;
  const { set } = fuzzed;
  const x = p.input('x', 'float32', [batch, ...set.shape]);
  const target = p.input('target', 'int32', [batch]);
  const encoding = fuzzed.encode(p, x, p.cast(target, 'int64'));
  const neurons =
    typeof slope === 'number' ? undefined : (slope === 'neurons' ? neuronsOf : outputsOf)(p, encoding);
  const losses = lossesOf(p, fuzzed, encoding, slope, neurons);
  const downhill = firstGradient(p, losses, x);
  if (downhill === undefined) return undefined;
  const reads: Reads = new Set();
  const moved = move(p, fuzzed, x, downhill, batch, reads);
  const signals = signalsOf(encoding, fuzzed).length;
  const outputs = { ...screenOutputs(p, encoding, fuzzed), moved };
  const session = await compile(p, outputs, runtime);
  const width = Number(neurons?.shape[1] ?? 0);
  return { neurons: width, step: stepper(session, fuzzed, tables, signals, width) };
}

function lossesOf(
  p: Program,
  fuzzed: FuzzTarget,
  encoding: Encoding,
  slope: Slope,
  neurons: Value | undefined,
): readonly Value[] {
  if (typeof slope === 'number') return signalsOf(encoding, fuzzed)[slope]?.[1].losses ?? [];
  if (neurons === undefined) return [];
  const chosen = p.input('chosen', 'float32', [neurons.shape[0] ?? 1, neurons.shape[1] ?? 0]);
  const height = p.reduceSum(p.mul(neurons, chosen), [1]);
  if (slope === 'neurons') return [p.neg(height)];
  const rival = p.reduceMax(p.where(p.greater(chosen, 0.5), -greatestFinite.float32, neurons), [1]);
  return [p.sub(rival, height)];
}

/** The outputs of each row, where the greatest of them is the answer: [batch, outputs]. */
function outputsOf(p: Program, encoding: Encoding): Value | undefined {
  const { output, also = {} } = encoding;
  if ([encoding, ...Object.values(also)].every(({ side }) => side === undefined)) return undefined;
  const values = p.mergeInto(p.cast(output.value, 'float32'), 1);
  const [, width] = values.shape;
  return typeof width === 'number' && width > 1 ? values : undefined;
}

/** Hidden neurons, channels averaged over space: [batch, neurons]. */
function neuronsOf(p: Program, { hidden }: Encoding): Value | undefined {
  const layer = ({ value }: Layer): Value => {
    const spatial = value.shape.slice(2).map((_, axis) => axis + 2);
    return p.mergeInto(p.reduceMean(p.cast(value, 'float32'), spatial), 1);
  };
  const layers = hidden.map(layer).filter(({ shape }) => typeof shape[1] === 'number');
  return layers.length === 0 ? undefined : p.concat(layers, 1);
}

/** Against the sign of the gradient, within the limits: [batch, ...input]. */
function move(p: Program, fuzzed: FuzzTarget, x: Value, downhill: Value, batch: Dim, reads: Reads): Value {
  const { set, domain, limits } = fuzzed;
  const parents = parentInputs(p, fuzzed, batch, reads);
  const grid = [batch, 1, ...set.shape];
  const step = p.reshape(p.input('step', 'float32', [batch]), [batch, 1, ...set.shape.map(() => 1)]);
  // Comparisons, because the sign of a NaN is NaN: an element whose derivative is not a number stays where it is.
  const sign = p.sub(p.cast(p.less(downhill, 0), 'float32'), p.cast(p.greater(downhill, 0), 'float32'));
  const change = p.mul(p.mul(p.reshape(sign, grid), step), parents.width);
  const from = around(parents, p.reshape(x, grid));
  const { l0Count } = limits;
  const kept =
    l0Count === undefined
      ? change
      : p.where(movingElements(p, from.inputs, parents.seeds, p.reshape(downhill, grid), l0Count), change, 0);
  return p.reshape(encodeLimits(p, domain, limits, from, p.add(from.inputs, kept)), [batch, ...set.shape]);
}

const stepper =
  (
    session: Session,
    fuzzed: FuzzTarget,
    tables: Shared,
    signals: number,
    neurons: number,
  ): AscendProgram['step'] =>
  async ({ inputs, seeds, steps, chosen }) => {
    const { set, targets } = fuzzed;
    const rows = seeds.length;
    const feeds: Record<string, Tensor> = {
      x: float32(inputs, [rows, ...set.shape]),
      target: vector(seeds.map((seed) => targets[set.instanceOf[seed] as number] as number)),
      step: float32(steps, [rows]),
      seed: vector(seeds.slice()),
      instance: vector(seeds.map((seed) => set.instanceOf[seed] as number)),
      ...(chosen && { chosen: float32(chosen, [rows, neurons]) }),
    };
    const results = await session.run(feeds, tables);
    return { screened: screened(results, signals, 0), moved: floats(results.moved) };
  };
