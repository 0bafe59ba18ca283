// Objectives: what counts as a finding. NaN and infinity are watched by all of them.
import { agreement, tolerance } from './agreement.js';
import { finite } from './finite.js';
import { robustness } from './robustness.js';

export { composed } from './composed.js';

export const objectives = { agreement, finite, robustness, tolerance };
