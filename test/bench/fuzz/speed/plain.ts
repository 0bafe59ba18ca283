// Plain inference: a file's own bytes in this thread, full batches, nothing else.

import { createRng } from '../../../../src/base/rng.js';
import { float32 } from '../../../../src/base/tensor.js';
import { greatestBatch } from '../../../../src/fuzz/rows-within.js';
import type { Runtime } from '../../../../src/program/session.js';
import { inTurn, uniformPoints } from '../methods/points.js';
import { type Rate, stopwatch } from './rate.js';
import type { Subject } from './subjects.js';

/** @param milliseconds of one measurement */
export async function plainInference(
  { typed, bytes, target }: Subject,
  runtime: Runtime,
  milliseconds: number,
): Promise<() => Promise<Rate>> {
  const session = await runtime.open(bytes);
  // Images, because a network runs at another speed where all of its neurons are off.
  const points = uniformPoints(target, inTurn(target, 0, greatestBatch), createRng(1, 'plain'));
  const feeds = { [typed.input.name]: float32(points, [greatestBatch, ...target.set.shape]) };
  return async () => {
    await session.run(feeds);
    const watch = stopwatch();
    let batches = 0;
    do {
      await session.run(feeds);
      batches++;
    } while (watch.milliseconds() < milliseconds);
    return watch.rate(batches * greatestBatch);
  };
}
