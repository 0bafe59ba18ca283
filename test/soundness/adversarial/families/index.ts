// All families of adversarial networks.
import type { Family } from '../case.js';
import { backdoor } from './backdoor.js';
import { boundary } from './boundary.js';
import { cancellation, tame } from './cancellation.js';
import { fanIn } from './fan-in.js';
import { fused } from './fused.js';
import { magnitudes } from './magnitudes.js';
import { order } from './order.js';

export const families = {
  cancellation,
  backdoor,
  order,
  fused,
  fanIn,
  magnitudes,
  boundary,
} satisfies Record<string, Family>;
export { tame };
