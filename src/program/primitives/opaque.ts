// ONNX nodes that the array language does not know: run as they stand, without derivative.
import type { Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { int } from '../value.js';

/** One output of a foreign node; typed where it is made, in program.ts. */
const opaque: Primitive = {
  infer: () => {
    throw new ProgramError('foreign nodes are typed where they are made');
  },
  emit: (emitter, value, inputs) => {
    if (value.foreign === undefined) throw new ProgramError('an opaque value without its node');
    const name = emitter.foreign(value.foreign, inputs)[int(value.attributes, 'output')];
    if (name === undefined) throw new ProgramError(`${value.foreign.type} has fewer outputs`);
    return name;
  },
};

/** Foreign nodes. */
export const opaquePrimitives = { opaque } satisfies Record<string, Primitive>;
