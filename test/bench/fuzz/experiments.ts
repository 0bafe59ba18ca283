// All experiments of `npm run bench:fuzz`, in the order in which they run.

import { baselinesExperiment } from './baselines.js';
import type { Experiment } from './experiment.js';
import { nonFiniteExperiment } from './nonfinite.js';
import { speedExperiment } from './speed.js';

export const experiments = {
  speed: speedExperiment,
  nonfinite: nonFiniteExperiment,
  baselines: baselinesExperiment,
} satisfies Record<string, Experiment>;
