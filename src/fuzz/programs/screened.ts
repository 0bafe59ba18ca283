// What a batch leaves behind: one small number per row and question.

import type { Tensor } from '../../base/tensor.js';
import type { Encoding, Signal } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Results } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { rowsIn } from '../coverage/calibrated.js';
import type { CoverageCriterion } from '../coverage/criterion.js';
import { type FuzzTarget, nonFinite } from '../target.js';

/** Per row of a batch. */
export type Screened = {
  /** Per objective; the main one first. */
  readonly signals: readonly Judged[];
  /** Per criterion; positive where the row may be new. Empty where the criteria were not asked. */
  readonly suspicion: readonly Float32Array[];
  /** The answer whose change bisection looks for. */
  readonly side: Int32Array | undefined;
};

export type Judged = {
  readonly violated: Uint8Array;
  readonly margin: Float32Array | undefined;
  /** The smaller, the nearer to a violation: the margin, or what gradients descend. */
  readonly guide: Float32Array | undefined;
  readonly cluster: Int32Array | undefined;
};

/**
 * All objectives of an encoding, the main one first, by name. What is not finite is watched for under its own name, unless an objective
 * has that name or finds the very same.
 */
export function signalsOf(encoding: Encoding, { objective }: FuzzTarget): [string, Signal][] {
  const named: [string, Signal][] = [[objective, encoding], ...Object.entries(encoding.also ?? {})];
  const isWatched = named.some(
    ([name, { violated }]) => name === nonFinite || violated === encoding.nonFinite,
  );
  if (isWatched) return named;
  return [...named, [nonFinite, { violated: encoding.nonFinite, margin: undefined, losses: [] }]];
}

/** Outputs of a program that judges rows. */
export function screenOutputs(p: Program, encoding: Encoding, fuzzed: FuzzTarget): Record<string, Value> {
  const outputs: Record<string, Value> = {};
  signalsOf(encoding, fuzzed).forEach(([, signal], at) => {
    const guide = signal.guide ?? signal.margin ?? signal.losses[0];
    outputs[`violated${at}`] = signal.violated;
    if (signal.margin) outputs[`margin${at}`] = signal.margin;
    if (guide) outputs[`guide${at}`] = guide;
    if (signal.cluster) outputs[`cluster${at}`] = p.cast(signal.cluster, 'int32');
    if (signal.side && outputs.side === undefined) outputs.side = p.cast(signal.side, 'int32');
  });
  return outputs;
}

/**
 * Outputs of a program that judges whole batches: no sides, for which only few rows are asked, with what the criteria suspect, and how
 * many there are of each. On the example CNN every node less is a thousandth of a batch's time, and every output less more than that:
 * all suspicions are one, [criteria, batch].
 */
export function suspiciousOutputs(
  p: Program,
  encoding: Encoding,
  fuzzed: FuzzTarget,
  criteria: readonly CoverageCriterion[],
  target: Value,
) {
  const parent = p.input('parent', 'int32', target.shape);
  const suspicions = criteria.flatMap((criterion) => criterion.screen?.(p, encoding, parent) ?? []);
  const { side: _, ...judged } = screenOutputs(p, encoding, fuzzed);
  const signals = signalsOf(encoding, fuzzed).length;
  // A guide that is the margin is read from there.
  const isTwin = (name: string) =>
    name.startsWith('guide') && judged[name] === judged[name.replace('guide', 'margin')];
  return {
    outputs: {
      ...Object.fromEntries(Object.entries(judged).filter(([name]) => !isTwin(name))),
      ...(suspicions.length > 0 && { suspicion: stacked(p, suspicions) }),
    },
    signals,
    suspicions: suspicions.length,
  };
}

const stacked = (p: Program, columns: readonly Value[]): Value =>
  p.concat(
    columns.map((column) => p.reshape(column, [1, ...column.shape])),
    0,
  );

/** Reads the results of such a program back. */
export function screened(results: Results, signals: number, criteria: number): Screened {
  return {
    signals: Array.from({ length: signals }, (_, at) => ({
      violated: flags(results[`violated${at}`]),
      margin: results[`margin${at}`] && floats(results[`margin${at}`]),
      guide: guideOf(results, at),
      cluster: results[`cluster${at}`] && integers(results[`cluster${at}`]),
    })),
    suspicion: criteria === 0 ? [] : rowsOf(floats(results.suspicion), criteria),
    side: results.side && integers(results.side),
  };
}

const rowsOf = (all: Float32Array, count: number): Float32Array[] => rowsIn(all, all.length / count);

function guideOf(results: Results, at: number): Float32Array | undefined {
  const guide = results[`guide${at}`] ?? results[`margin${at}`];
  return guide && floats(guide);
}

export function floats(value: Tensor | undefined): Float32Array {
  if (value?.dtype !== 'float32') throw new TypeError('a program gave no float32 result');
  return (value as Tensor<'float32'>).data;
}

function flags(value: Tensor | undefined): Uint8Array {
  if (value?.dtype !== 'bool') throw new TypeError('a program gave no boolean result');
  return (value as Tensor<'bool'>).data;
}

function integers(value: Tensor | undefined): Int32Array {
  if (value?.dtype !== 'int32') throw new TypeError('a program gave no integer result');
  return (value as Tensor<'int32'>).data;
}
