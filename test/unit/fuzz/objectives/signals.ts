// What objectives say of some rows, for tests.
import { int64, type Tensor } from '../../../../src/base/tensor.js';
import type { Encode, Signal } from '../../../../src/ops/encoding.js';
import { compile } from '../../../../src/program/compile.js';
import { Program } from '../../../../src/program/program.js';
import type { Value } from '../../../../src/program/value.js';
import { inline } from '../../../helpers/programs.js';

/** Per row, as numbers; undefined where the objective has none. */
export type Judged = {
  readonly violated: readonly boolean[];
  readonly margin: readonly number[] | undefined;
  readonly cluster: readonly number[] | undefined;
  readonly side: readonly number[] | undefined;
};

/** @param pick the signal that is asked for; the main one by default */
export async function judged(
  encode: Encode,
  rows: Tensor<'float32'>,
  targets: readonly number[],
  pick = (encoding: ReturnType<Encode>): Signal => encoding,
): Promise<Judged> {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', ...rows.shape.slice(1)]);
  const signal = pick(encode(p, x, p.input('target', 'int64', ['batch'])));
  const outputs: Record<string, Value> = { violated: signal.violated };
  for (const key of ['margin', 'cluster', 'side'] as const) {
    const value = signal[key];
    if (value !== undefined) outputs[key] = value;
  }
  const results = await (await compile(p, outputs, inline)).run({ x: rows, target: int64(targets) });
  const numbers = (name: string) => results[name] && Array.from(results[name].data, Number);
  return {
    violated: (numbers('violated') ?? []).map(Boolean),
    margin: numbers('margin'),
    cluster: numbers('cluster'),
    side: numbers('side'),
  };
}
