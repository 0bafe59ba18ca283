// All experiments of `npm run bench:fuzz`, in the order in which they run.
import { baselinesExperiment } from './baselines.js';
import type { Experiment } from './experiment.js';
import { gpuExperiment } from './gpu.js';
import { killExperiment } from './kill.js';
import { nonFiniteExperiment } from './nonfinite.js';
import { precisionExperiment } from './precision.js';
import { speedExperiment } from './speed.js';

export const experiments = {
  speed: speedExperiment,
  nonfinite: nonFiniteExperiment,
  precision: precisionExperiment,
  baselines: baselinesExperiment,
  kill: killExperiment,
  gpu: gpuExperiment,
} satisfies Record<string, Experiment>;
