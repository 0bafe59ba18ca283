// Shift, rotation, shear and scale of images, within the bounds of DeepHunter (Xie et al., ISSTA 2019; its published parameters).
import type { Domain } from '../domain.js';
import { affineMutator, identityMap } from './affine.js';
import { amplitude, signedAmplitude } from './numbers.js';
import type { Bound, BoundedMutator } from './parts.js';

const one: Bound = [1, 1];
const zero: Bound = [0, 0];
const upTo = (greatest: number): Bound => [-greatest, greatest];

/** 3 of 28 or 32 pixels in DeepHunter. */
const shiftedShare = 0.1;

/** By a tenth of the side at most, but always up to one pixel, down and across; half of them by whole pixels. */
export function createShift(domain: Domain): BoundedMutator | undefined {
  const { height, width } = domain.image ?? { height: 0, width: 0 };
  const [down, across] = [Math.max(shiftedShare * height, 1), Math.max(shiftedShare * width, 1)];
  return affineMutator('shift', domain, [one, zero, upTo(down), zero, one, upTo(across)], (rng) => {
    const [rows, columns] = [signedAmplitude(rng, down), signedAmplitude(rng, across)];
    if (rng.uniform() < 0.5) return { ...identityMap, rowShift: rows, columnShift: columns };
    const [wholeRows, wholeColumns] = [Math.trunc(rows), Math.trunc(columns)];
    // A whole shift by nothing would be no change.
    const columnShift = wholeRows === 0 && wholeColumns === 0 ? Math.sign(columns) : wholeColumns;
    return { ...identityMap, rowShift: wholeRows, columnShift };
  });
}

const greatestDegrees = 50;

/** About the centre, by 50 degrees at most either way. */
export function createRotation(domain: Domain): BoundedMutator | undefined {
  const sine = Math.sin((greatestDegrees * Math.PI) / 180);
  const cosine: Bound = [Math.cos((greatestDegrees * Math.PI) / 180), 1];
  const bounds = [cosine, upTo(sine), zero, upTo(sine), cosine, zero];
  return affineMutator('rotation', domain, bounds, (rng) => rotation(signedAmplitude(rng, greatestDegrees)));
}

/** Counter-clockwise. */
export function rotation(degrees: number) {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return {
    ...identityMap,
    rowByRow: cosine,
    rowByColumn: sine,
    columnByRow: -sine,
    columnByColumn: cosine,
  };
}

const greatestShear = 0.6;

/** Rows move sideways, or columns up and down, by up to 0.6 pixels per pixel from the centre. */
export function createShear(domain: Domain): BoundedMutator | undefined {
  const bounds = [one, upTo(greatestShear), zero, upTo(greatestShear), one, zero];
  return affineMutator('shear', domain, bounds, (rng) => {
    const factor = signedAmplitude(rng, greatestShear);
    return rng.uniform() < 0.5
      ? { ...identityMap, columnByRow: factor }
      : { ...identityMap, rowByColumn: factor };
  });
}

const scales = [0.7, 1.1] as const;

/** About the centre, to between 0.7 and 1.1 of the size, both sides alike. */
export function createScale(domain: Domain): BoundedMutator | undefined {
  const inverse: Bound = [1 / scales[1], 1 / scales[0]];
  return affineMutator('scale', domain, [inverse, zero, zero, zero, inverse, zero], (rng) => {
    const end = rng.uniform() < 0.5 ? scales[0] : scales[1];
    const factor = end ** -amplitude(rng, 1);
    return { ...identityMap, rowByRow: factor, columnByColumn: factor };
  });
}
