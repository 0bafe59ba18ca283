// Subjects about two inputs of one model, proved by bounds of slopes where those do, else by the network beside a copy of itself.
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import type { Runtime } from '../../../program/session.js';
import type { Subject } from '../subject.js';
import { jointDecides, type Paired, pairedSubject } from './paired.js';
import { cutter, provedBySlopesOr, type Sloped } from './sloped.js';

/** @param disjuncts ways in which an instance's two inputs, and their outputs, violate the property */
export async function slopedPair(
  paired: Paired,
  sloped: Sloped,
  disjuncts: (instance: number) => Disjunct[],
  runtime: Runtime,
): Promise<Subject> {
  const joint = () => jointDecides(paired, disjuncts);
  return {
    ...(await pairedSubject(paired, runtime)),
    prove: provedBySlopesOr(sloped, joint, runtime),
    cut: cutter(sloped, runtime),
    decides: joint,
  };
}
