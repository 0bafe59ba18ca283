// What choosing a neuron needs to know of sub-problems: results of the `view` program (sessions.ts).
import { float32 } from '../../../base/tensor.js';
import type { Feeds, Session, Shared } from '../../../program/session.js';
import type { Batch } from './ascent.js';

/** Rows of the results. */
export type View = Readonly<
  Record<'point' | 'output' | 'influence' | 'neurons', (at: number) => Float32Array>
> & {
  /** Only where something is cut anywhere. */
  readonly cutLosses?: (at: number) => Float32Array;
};

export function feedsOfBatch({ count, start, inputs, points, splits, slopes, multipliers }: Batch): Feeds {
  const rows = (data: Float32Array<ArrayBuffer>) => float32(data, [count, data.length / count]);
  return {
    start: rows(start),
    ...(inputs && { inputs: rows(inputs) }),
    ...(points && { points: rows(points) }),
    splits: rows(splits),
    slopes: rows(slopes),
    multipliers: rows(multipliers),
  };
}

export async function viewOf(session: Session, shared: Shared, batch: Batch): Promise<View> {
  const found = await session.run(feedsOfBatch(batch), shared);
  const rowsOf = (name: string) => {
    const data = found[name]?.data as Float32Array;
    const width = data.length / batch.count;
    return (at: number) => data.subarray(at * width, (at + 1) * width);
  };
  return {
    point: rowsOf('point'),
    output: rowsOf('output'),
    influence: rowsOf('influence'),
    neurons: rowsOf('neurons'),
    ...(batch.points && { cutLosses: rowsOf('cutLosses') }),
  };
}
