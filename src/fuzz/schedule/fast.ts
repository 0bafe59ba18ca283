// AFLFast's exponential schedule: p(i) = min(alpha(i) / beta * 2^s(i) / f(i), M). Little for what has had many executions,
// until the entry has been chosen about log2 f(i) times without success.
import { alpha, beta, createPowerQueue, type Energy, greatestEnergy } from './power-queue.js';

export const fastEnergy: Energy = ({ chosen, executions }) =>
  Math.min(((alpha / beta) * 2 ** chosen) / Math.max(executions, 1), greatestEnergy);

export const createFast = createPowerQueue(fastEnergy);
