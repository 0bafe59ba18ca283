// How far inputs may be from a row, where several norms are offered: exactly one key.
import { z } from 'zod';
import { type Ball, type Norm, norms } from '../ball.js';
import type { Found } from '../found.js';
import type { Path } from '../nodes.js';
import { linfEpsilon } from './keys.js';

const unit = 'in the unit of the data (after its scale, before "preprocess")';

export const ballKeys = {
  linfEpsilon: linfEpsilon.optional(),
  l2Epsilon: z
    .number()
    .min(0)
    .optional()
    .describe(`Greatest l2 distance of the whole input: the root of the sum of squared changes, ${unit}.`),
  l1Epsilon: z
    .number()
    .min(0)
    .optional()
    .describe(`Greatest l1 distance of the whole input: the sum of the magnitudes of all changes, ${unit}.`),
};

const keyOf = (norm: Norm) => `${norm}Epsilon` as const;
const keys = norms.map(keyOf);

/** For the JSON Schema. */
export const oneBall = { oneOf: keys.map((key) => ({ required: [key] })) };

type BallText = { readonly [key in `${Norm}Epsilon`]?: number | undefined };

export function ballProblems(property: BallText, path: Path): Found[] {
  const given = keys.filter((key) => property[key] !== undefined);
  if (given.length === 1) return [];
  const found = given.length === 0 ? 'none' : given.join(' and ');
  const text = `expected one of ${keys.join(', ')}, found ${found}`;
  const hint = 'linfEpsilon limits every element, l2Epsilon and l1Epsilon all of them together';
  return [{ path: given[1] === undefined ? path : [...path, given[1]], text, hint }];
}

export function ballOf(property: BallText): Ball {
  const norm = norms.find((name) => property[keyOf(name)] !== undefined) ?? 'linf';
  return { norm, epsilon: property[keyOf(norm)] ?? 0 };
}
