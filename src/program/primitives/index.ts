// The primitives of the array language: one literal table, from which everything else derives.
import type { Primitive } from '../primitive.js';
import { binaryPrimitives } from './binary.js';
import { convPrimitives } from './conv.js';
import { indexingPrimitives } from './indexing.js';
import { layoutPrimitives } from './layout.js';
import { matmulPrimitives } from './matmul.js';
import { opaquePrimitives } from './opaque.js';
import { poolPrimitives } from './pool.js';
import { reducePrimitives } from './reduce.js';
import { selectPrimitives } from './select.js';
import { softmaxPrimitives } from './softmax.js';
import { sourcePrimitives } from './source.js';
import { splitPrimitives } from './split.js';
import { unaryPrimitives } from './unary.js';

/** Every primitive by name. */
export const primitives = {
  ...sourcePrimitives,
  ...unaryPrimitives,
  ...binaryPrimitives,
  ...selectPrimitives,
  ...reducePrimitives,
  ...softmaxPrimitives,
  ...matmulPrimitives,
  ...convPrimitives,
  ...poolPrimitives,
  ...layoutPrimitives,
  ...splitPrimitives,
  ...indexingPrimitives,
  ...opaquePrimitives,
} satisfies Record<string, Primitive>;

/** Names in the table. */
export type PrimitiveName = keyof typeof primitives;

/** The row of a name. Throws RangeError where there is none. */
export function primitiveOf(name: string): Primitive {
  const table: Record<string, Primitive> = primitives;
  const found = table[name];
  if (found === undefined) throw new RangeError(`no primitive ${name}`);
  return found;
}
