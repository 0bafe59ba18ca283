// What a robustness property asks, in words for reports and as data for findings.
import type { AskedOf } from '../../../findings/finding.js';
import type { Ball } from '../../../policy/ball.js';
import type { Demand } from '../../../policy/demand.js';
import type { RobustnessProperty } from '../../../policy/policy.js';
import { withinWords } from '../instances.js';

export function claimOf({ ball, demand, class: kept }: RobustnessProperty): string {
  const own = kept === 'label' ? 'labelled class' : 'class predicted at the row';
  return `${demandWords(demand, own)} ${within(ball)}`;
}

function demandWords(demand: Demand, own: string): string {
  if (demand.kind === 'loses') {
    const [target, ...more] = demand.targets;
    const none =
      more.length === 0
        ? `class ${target} does not win`
        : `none of the classes ${demand.targets.join(', ')} wins`;
    return `unless it is the ${own}, ${none}`;
  }
  return demand.rank === 1
    ? `the ${own} wins`
    : `the ${own} is among the ${demand.rank} with the greatest scores`;
}

const within = ({ norm, epsilon }: Ball): string =>
  norm === 'linf' ? withinWords(epsilon) : `for every input within ${epsilon} of a row (${norm})`;

/** The set around one row. */
export const setWords = ({ norm, epsilon }: Ball): string => `${epsilon} (${norm}) around its row`;

/** What is not the usual. */
export const askedOf = ({ ball, demand }: RobustnessProperty): AskedOf => ({
  ...(ball.norm === 'l2' && { l2Epsilon: ball.epsilon }),
  ...(ball.norm === 'l1' && { l1Epsilon: ball.epsilon }),
  ...(demand.kind === 'loses' && { targets: demand.targets }),
  ...(demand.kind === 'wins' && demand.rank > 1 && { topK: demand.rank }),
});
