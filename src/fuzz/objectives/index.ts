// Objectives: what counts as a finding. One per property kind; NaN and infinity are watched by all of them.
import { agreement } from './agreement.js';
import { finite } from './finite.js';
import { robustness } from './robustness.js';

export const objectives = { agreement, finite, robustness };
