// A rectangle of one colour in front of an image (DeepXplore, Pei et al., SOSP 2017, section 6.2).
import type { Domain } from '../domain.js';
import { hull } from './hull.js';
import { number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { region } from './region.js';

/** Of each side; the label should survive. */
const greatestShare = 1 / 3;

/** Black, white, or some grey between them: each side at most a third of the image's. */
export function createOcclusion(domain: Domain): BoundedMutator | undefined {
  if (domain.image === undefined) return undefined;
  const { lower, width } = hull(domain);
  const level = number([0, 1], (rng) => [0, 1, rng.uniform(), rng.uniform()][rng.below(4)] ?? 0);
  return mutatorOf(
    'occlusion',
    domain,
    [region(domain, greatestShare), level],
    (p, { inputs }, [hidden, grey]) =>
      p.where(hidden, p.add(p.mul(grey, p.constant(width)), p.constant(lower)), inputs),
  );
}
