// All experiments of `npm run bench:fuzz`, in the order in which they run.
import type { Experiment } from './experiment.js';
import { nonFiniteExperiment } from './nonfinite.js';
import { speedExperiment } from './speed.js';

export const experiments = {
  speed: speedExperiment,
  nonfinite: nonFiniteExperiment,
} satisfies Record<string, Experiment>;
