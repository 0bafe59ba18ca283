// Threads of `marauder prove`. One, and ONNX Runtime in it, takes a tenth of a second to start: as long as everything else takes to load.
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createPool, type Pool } from '../../program/worker-runtime.js';
import { createPoolThreads } from '../threads.js';

/**
 * Threads start with the sessions that they get: starting all of them takes longer than deciding a small property. One starts at once
 * where there is a processor for it and the model is one that threads will bound from the first box on.
 */
export function startThreads(workers: number, model: string | undefined): Pool {
  const pool = createPoolThreads(createPool(workers, 'on demand'));
  // A thread that is lost: whoever asks it for a session is told.
  if (workers > 1 && !isSmall(model)) pool.start().catch(() => {});
  return pool;
}

/** Before the command line is read: as many as there are without `--workers`, where it will want some. */
export function threadsAhead([command, ...words]: readonly string[]): Pool | undefined {
  const model = words.find((word) => word.endsWith('.onnx'));
  if (command !== 'prove' || model === undefined || words.some(isAbout)) return undefined;
  return startThreads(availableParallelism(), model);
}

const isAbout = (word: string): boolean => word.startsWith('--workers') || word === '--help';

/** Networks of fewer weights are mostly proved in this thread, which others slow down while they start. */
const smallBytes = 2 ** 18;

function isSmall(model: string | undefined): boolean {
  try {
    return model !== undefined && statSync(model).size <= smallBytes;
  } catch {
    // Whoever reads the file says what is wrong with it.
    return true;
  }
}
