// AFLFast's exploration-based constant schedule: p(i) = alpha(i) / beta, so that the queue turns quickly.
import { alpha, beta, createPowerQueue, type Energy } from './power-queue.js';

export const exploreEnergy: Energy = () => alpha / beta;

export const createExplore = createPowerQueue(exploreEnergy);
