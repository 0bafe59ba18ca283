// A law for every primitive: the compiler and completeness.test.ts see to it.
import type fc from 'fast-check';
import type { PrimitiveName } from '../../../../src/program/primitives/index.js';
import type { Case } from './case.js';
import { elementwiseCases } from './elementwise.js';
import { linearCases } from './linear.js';
import { movementCases } from './movement.js';
import { windowCases } from './window.js';

/** Primitives that are not functions of their inputs. */
export const withoutLaw = {
  input: 'a source: every law starts from inputs',
  constant: 'a source: folding.test.ts and program.test.ts read constants back',
  opaque: 'whatever node it holds: opaque.test.ts runs some',
} as const satisfies Partial<Record<PrimitiveName, string>>;

export type LawfulName = Exclude<PrimitiveName, keyof typeof withoutLaw>;

export const cases: Readonly<Record<LawfulName, fc.Arbitrary<Case>>> = {
  ...elementwiseCases,
  ...linearCases,
  ...windowCases,
  ...movementCases,
};

export const lawful = Object.keys(cases) as LawfulName[];
