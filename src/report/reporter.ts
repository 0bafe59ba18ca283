// What every reporter is.
import type { RunReport } from '../findings/report.js';
import type { Material } from './material.js';

export type Reporter = {
  /** What it is for, as `--help` has it. */
  readonly about: string;
  /** Pure: equal reports and material give equal text. */
  readonly render: (report: RunReport, material: Material) => string;
};
