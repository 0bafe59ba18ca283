// One number for all pixels: brightness and contrast.
import type { Domain } from '../domain.js';
import { hull } from './hull.js';
import { change, logUniform, number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { towards } from './towards.js';

/** DeepTest (Tian et al., ICSE 2018, table 2) adds up to 100 of 255, DeepHunter (ISSTA 2019) 20. */
const greatestBias = 100 / 255;

/** All elements by the same share of their width, at most 100/255 either way. */
export function createBrightness(domain: Domain): BoundedMutator | undefined {
  if (domain.image === undefined) return undefined;
  return mutatorOf('brightness', domain, [change(greatestBias)], (p, { inputs, width }, [bias]) =>
    p.add(inputs, p.mul(bias, width)),
  );
}

/** DeepHunter multiplies by 0.5 to 1.2, DeepTest by 1.2 to 3. */
const gains = [0.5, 3] as const;

/** Distances to black, the least value of each element, times a gain. */
export function createContrast(domain: Domain): BoundedMutator | undefined {
  if (domain.image === undefined) return undefined;
  const gain = number(gains, (rng) => logUniform(rng, ...gains));
  return mutatorOf('contrast', domain, [gain], (p, { inputs }, [factor]) =>
    towards(p, inputs, p.constant(hull(domain).lower), p.sub(1, factor)),
  );
}
