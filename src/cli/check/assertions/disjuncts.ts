// A VNN-LIB file as a property of one model: what is unsafe, and whether a point is.
import { UserError } from '../../../base/user-error.js';
import type { BoxedDisjunct } from '../../../fuzz/objectives/disjuncts.js';
import type { Judgement } from '../../../policy/judge.js';
import type { VnnlibProperty } from '../../../policy/vnnlib/property.js';
import { readVnnlib } from '../../../policy/vnnlib/read.js';
import { admissible, boxCache } from '../../../verify/decide/boxes.js';
import { satisfies, slack } from '../../../verify/decide/constraints.js';
import { requireFit } from '../../prove/fit.js';
import type { OpenModel } from '../models.js';

export type Unsafe = readonly [BoxedDisjunct, ...BoxedDisjunct[]];

/** @throws UserError where the file cannot be read, does not fit the model, or asks for nothing */
export async function unsafeOf(file: string, model: OpenModel): Promise<Unsafe> {
  const property = await readVnnlib(file);
  const [network, ...others] = property.networks;
  if (others.length > 0)
    throw new UserError('INVALID_PROPERTY', {
      where: file,
      problem: `declares ${property.networks.length} networks, and a property of a policy is of one model`,
      hint: 'decide it with "marauder prove --network NAME=FILE ..."',
    });
  requireFit(property, [{ network, file: model.file, typed: model.typed }]);
  const boxOf = boxCache(admissible);
  const [first, ...rest] = property.disjuncts.map((disjunct) => ({ disjunct, box: boxOf(disjunct) }));
  if (first === undefined) throw nothingAsked(property);
  return [first, ...rest];
}

const nothingAsked = ({ file }: VnnlibProperty): UserError =>
  new UserError('INVALID_PROPERTY', {
    where: file,
    problem: 'no input satisfies its bounds, so that it holds of nothing',
    hint: 'correct the bounds: each lower bound is at most the upper one',
  });

/** Violated where the input is in a disjunct's box and satisfies its constraints; comparisons with NaN are false. */
export function judgeDisjuncts(unsafe: Unsafe, x: Float32Array, y: ArrayLike<number>): Judgement {
  const slackOf = ({ disjunct }: BoxedDisjunct) => {
    const found = slack(disjunct, x, y);
    return Number.isFinite(found) ? -found : null;
  };
  for (const [number, each] of unsafe.entries()) {
    if (!isInside(each, x) || !satisfies(each.disjunct, x, y)) continue;
    const which = unsafe.length === 1 ? 'what the file asks for' : `disjunct ${number} of the file`;
    return { violated: true, margin: slackOf(each), summary: `a counterexample: ${which} is satisfied` };
  }
  return { violated: false, margin: null, summary: 'no disjunct of the file is satisfied' };
}

const isInside = ({ box }: BoxedDisjunct, x: Float32Array): boolean =>
  x.every((value, at) => value >= (box.lower[at] ?? Number.NaN) && value <= (box.upper[at] ?? Number.NaN));
