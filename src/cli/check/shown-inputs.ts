// What a search found, as it is fed to the models: findings show that.
import type { InputSet } from '../../policy/input-set.js';
import type { Found } from './evidence.js';
import { seedInputOf } from './seeds.js';
import type { Exhibited, Subject } from './subject.js';

export type Shown = Exhibited & {
  /** The first input is one of this set, unless it was made from one. */
  readonly set: InputSet;
  /** The second input, where the property is one of two. */
  readonly other?: Float32Array;
};

export function shownOf(
  { set, pair, exhibit, asked = {} }: Pick<Subject, 'set' | 'pair' | 'exhibit' | 'asked'>,
  { input, seed, instance }: Pick<Found, 'input' | 'seed' | 'instance'>,
): Shown {
  if (exhibit !== undefined) return { set, ...exhibit.of(input, instance) };
  if (pair === undefined) return { set, input, seed: seedInputOf(set, seed), asked };
  const [first, other] = pair.apart(input);
  return { set: pair.set, input: first, other, seed: seedInputOf(pair.set, seed), asked };
}
