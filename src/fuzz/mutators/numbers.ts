// Parts that are one number, and how amplitudes are drawn: fine and coarse ones alike.
import type { Rng } from '../../base/rng.js';
import { type Bound, numberAt, type Part } from './parts.js';

/** A number that multiplies or is added. */
export const number = (bound: Bound, draw: (rng: Rng) => number): Part => ({
  bounds: [bound],
  draw(parameters, at, rng) {
    parameters[at] = draw(rng);
  },
  encode: (p, parameters, domain) => numberAt(p, parameters, 0, domain),
});

/** Between two positive numbers, every factor of two as likely as the next. */
export const logUniform = (rng: Rng, least: number, greatest: number): number =>
  least * (greatest / least) ** rng.uniform();

/** A whole number from 1 to `greatest`, small ones more often: each factor of two is about as likely. */
export const fewOf = (rng: Rng, greatest: number): number =>
  Math.min(Math.floor(logUniform(rng, 1, greatest + 1)), greatest);

/** Factors of two between the greatest amplitude and the finest. */
const octaves = 6;

/** Up to `greatest` and down to a 64th of it. */
export const amplitude = (rng: Rng, greatest: number): number =>
  logUniform(rng, greatest * 2 ** -octaves, greatest);

/** The same, either way. */
export const signedAmplitude = (rng: Rng, greatest: number): number =>
  (rng.uniform() < 0.5 ? 1 : -1) * amplitude(rng, greatest);

/** A number as `signedAmplitude` draws it. */
export const change = (greatest: number): Part =>
  number([-greatest, greatest], (rng) => signedAmplitude(rng, greatest));
