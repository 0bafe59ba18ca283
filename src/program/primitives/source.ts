// Where values come from: inputs of the program and constants. Both are typed when they are made, in program.ts.
import type { Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import type { Value } from '../value.js';

const unreachable = (): never => {
  throw new ProgramError('sources are typed where they are made');
};

const input: Primitive = {
  infer: unreachable,
  emit: (_emitter, value) => inputName(value),
  gradient: () => [],
};

const constant: Primitive = {
  infer: unreachable,
  emit: (emitter, value) => {
    if (value.constant === undefined) throw new ProgramError('a constant without its tensor');
    return emitter.constant(value.constant);
  },
  gradient: () => [],
};

/** The name that an input was given. */
export const inputName = (value: Value): string => String(value.attributes.name);

/** Inputs and constants. */
export const sourcePrimitives = { input, constant } satisfies Record<string, Primitive>;
