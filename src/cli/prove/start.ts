// Threads of `marauder prove`. One, and ONNX Runtime in it, takes a tenth of a second to start: as long as everything else takes to load.
import { availableParallelism } from 'node:os';
import { createPool, type Pool } from '../../program/worker-runtime.js';
import { createPoolThreads } from '../threads.js';

/**
 * Threads start with the sessions that they get: starting all of them takes longer than deciding a small property. One starts at once
 * where there is a processor for it.
 */
export function startThreads(workers: number): Pool {
  const pool = createPoolThreads(createPool(workers, 'on demand'));
  // A thread that is lost: whoever asks it for a session is told.
  if (workers > 1) pool.start().catch(() => {});
  return pool;
}

/** Before the command line is read: as many as there are without `--workers`, where it will want some. */
export function threadsAhead([command, ...words]: readonly string[]): Pool | undefined {
  const wants = command === 'prove' && words.length > 1;
  return wants && !words.some(isAbout) ? startThreads(availableParallelism()) : undefined;
}

const isAbout = (word: string): boolean => word.startsWith('--workers') || word === '--help';
