// How well a set of inputs covers a model: all criteria, calibrated by other inputs and then shown these, one by one.
import type { Deadline } from '../../base/deadline.js';
import { joined, rows as rowsOf, type Tensor } from '../../base/tensor.js';
import type { Encode } from '../../ops/encoding.js';
import { compile } from '../../program/compile.js';
import type { Dim } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Feeds, Runtime } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, type MeasurableState, type Measure, rowsIn } from './calibrated.js';

export type Measurement = {
  readonly encode: Encode;
  /** Whether the model takes more than one row at a time. */
  readonly batched: boolean;
  readonly criteria: readonly CalibratedCriterion[];
  /** What ranges, thresholds and references are taken from: [rows, ...input]. */
  readonly calibration: Tensor<'float32'>;
  /** What is measured: [rows, ...input]. */
  readonly inputs: Tensor<'float32'>;
  /** Asked between batches; criteria that are not finished then are left out. */
  readonly deadline: Deadline;
};

export type MeasuredCoverage = Measure & {
  readonly criterion: string;
  /** Of the surprise or distance of each input; null for criteria without. */
  readonly distribution: Distribution | null;
};

/** Of the finite numbers. */
export type Distribution = {
  readonly count: number;
  readonly least: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly greatest: number;
};

/** In the order of the criteria, without those that the model has nothing to cover for. */
export async function measureCoverage(
  measurement: Measurement,
  runtime: Runtime,
): Promise<MeasuredCoverage[]> {
  const measured: MeasuredCoverage[] = [];
  for (const criterion of measurement.criteria) {
    if (measurement.deadline.expired()) break;
    const found = await unlessCut(() => measureOne(criterion, measurement, runtime));
    if (found !== undefined) measured.push(found);
  }
  return measured;
}

/** How many of the rows make some value of the graph NaN or infinite, which criteria pass over; undefined where time is over. */
export const countNonFinite = (measurement: Measurement, runtime: Runtime): Promise<number | undefined> =>
  unlessCut(async () => {
    const [p, { nonFinite }] = encoded(measurement);
    const marks = await runner(p, p.cast(nonFinite, 'float32'), measurement, runtime);
    return (await marks(measurement.inputs, {})).reduce((sum, mark) => sum + mark, 0);
  });

/** Thrown in the middle of a criterion when the deadline is over. */
class Cut extends Error {}

async function unlessCut<T>(measure: () => Promise<T>): Promise<T | undefined> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof Cut) return undefined;
    throw error;
  }
}

/** Lets the event loop turn, so that Ctrl-C is heard between batches of work in JavaScript too. */
async function pause({ deadline }: Pick<Measurement, 'deadline'>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (deadline.expired()) throw new Cut();
}

async function measureOne(
  criterion: CalibratedCriterion,
  measurement: Measurement,
  runtime: Runtime,
): Promise<MeasuredCoverage | undefined> {
  const { calibration, inputs } = measurement;
  const [p, encoding] = encoded(measurement);
  const profile = criterion.profile(p, encoding)?.profile;
  if (profile === undefined) return undefined;
  const profiles = await runner(p, profile, measurement, runtime);
  const seeds = await profiles(calibration, {});
  const width = seeds.length / (calibration.shape[0] ?? 1);
  const state = criterion.calibrate({ seeds, mutants: new Float32Array(), width });
  const scored = criterion.score?.(p, encoding);
  if (scored === undefined) {
    const rows = rowsIn(await profiles(inputs, {}), width);
    for (const [at, row] of rows.entries()) {
      if (at % rowsPerCall === 0) await pause(measurement);
      state.add(row, false);
    }
    return { criterion: criterion.name, ...state.measure(), distribution: null };
  }
  const scores = await scoresOf(p, scored, state, measurement, runtime);
  for (const score of scores) state.cover?.(score);
  return { criterion: criterion.name, ...state.measure(), distribution: distributionOf(scores) };
}

function encoded({ encode, batched, inputs }: Measurement) {
  const p = new Program();
  const batch: Dim = batched ? 'batch' : 1;
  const x = p.input('x', 'float32', [batch, ...inputs.shape.slice(1)]);
  return [p, encode(p, x, p.cast(p.input('target', 'int32', [batch]), 'int64'))] as const;
}

async function scoresOf(
  p: Program,
  scored: Value,
  state: MeasurableState,
  measurement: Measurement,
  runtime: Runtime,
): Promise<Float32Array> {
  const { feeds, table } = state.snapshot();
  const scores = await runner(p, scored, measurement, runtime);
  return scores(measurement.inputs, { ...feeds, ...table });
}

const rowsPerCall = 256;

/** One value of the program for any number of rows, row after row. No value reads the reference class. */
async function runner(p: Program, value: Value, measurement: Measurement, runtime: Runtime) {
  await pause(measurement);
  const session = await compile(p, { value }, runtime);
  const step = measurement.batched ? rowsPerCall : 1;
  return async (x: Tensor<'float32'>, feeds: Feeds): Promise<Float32Array> => {
    const count = x.shape[0] ?? 0;
    const shared = runtime.share(feeds);
    const parts: Float32Array[] = [];
    try {
      for (let from = 0; from < count; from += step) {
        await pause(measurement);
        const results = await session.run({ x: rowsOf(x, from, Math.min(from + step, count)) }, shared);
        parts.push((results.value as Tensor<'float32'>).data);
      }
    } finally {
      shared.release();
    }
    return joined(parts);
  };
}

function distributionOf(values: Float32Array): Distribution | null {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return null;
  // Zero without a sign.
  const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] as number) + 0;
  return {
    count: sorted.length,
    least: at(0),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    greatest: at(1),
  };
}
