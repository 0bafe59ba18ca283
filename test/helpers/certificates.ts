// Small certificates for tests: boxes cut at random, or signs of neurons, of perceptrons.
import { createChecker } from '../../src/certify/check.js';
import type { Judgement } from '../../src/certify/verdicts.js';
import type { Certificate, Constraint, ProofNode } from '../../src/findings/certificate/certificate.js';
import type { Model } from '../../src/graph/graph.js';
import type { Draw } from './draw.js';

export const sha256 = 'a'.repeat(64);

export const check = (certificate: Certificate, model: Model, hash = sha256): Promise<Judgement> =>
  createChecker({ model, sha256: hash })(certificate, { isStopped: () => false });

/** Boxes of equal parts of the one input. */
export function cuts(lower: number, upper: number, depth: number): ProofNode {
  if (depth === 0) return { kind: 'leaf' };
  const at = Math.fround((lower + upper) / 2);
  return { kind: 'cut', input: 0, at, left: cuts(lower, at, depth - 1), right: cuts(at, upper, depth - 1) };
}

/** Every sign of the places from `from` on, each leaf with slopes and multipliers. */
export function signs(draw: Draw, places: number, from = 0): ProofNode {
  if (from === places) {
    const choice = {
      weights: [1],
      slopes: Uint16Array.from({ length: places }, () => draw.int(0, 65535)),
      multipliers: Array.from({ length: places }, () => (draw.flag() ? 0 : Math.fround(draw.uniform()))),
    };
    return { kind: 'leaf', choice };
  }
  const [positive, negative] = [signs(draw, places, from + 1), signs(draw, places, from + 1)];
  return { kind: 'sign', place: from, positive, negative };
}

export const atMost = (output: number, bound: number, sign = 1): Constraint => ({
  inputs: { indices: [], coefficients: [] },
  outputs: { indices: [output], coefficients: [sign] },
  bound,
  strict: false,
});

/** Of one disjunct. */
export const certificateOf = (
  [lower, upper]: readonly [readonly number[], readonly number[]],
  outputs: number,
  constraints: readonly Constraint[],
  root: ProofNode,
  places: Certificate['places'][number] = { values: [], tightened: [] },
): Certificate => ({
  version: 1,
  model: { sha256 },
  arithmetic: 'deployed',
  margin: 0,
  property: {
    inputSize: lower.length,
    outputSize: outputs,
    boxes: [{ lower, upper }],
    disjuncts: [{ box: 0, constraints }],
  },
  places: [places],
  proofs: [{ disjunct: 0, root }],
});

/** That every value is finite in one box. */
export function finiteCertificate(
  lower: readonly number[],
  upper: readonly number[],
  outputs: number,
  root: ProofNode = { kind: 'leaf' },
): Certificate {
  const { property, ...others } = certificateOf([lower, upper], outputs, [], root);
  return { ...others, property: { ...property, finite: true, disjuncts: [] } };
}
