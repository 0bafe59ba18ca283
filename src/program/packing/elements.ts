// Constants of packs: the members' constants one after the other.
import { dtypes } from '../../base/dtype.js';
import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import { ProgramError } from '../program-error.js';

type Element = number | bigint;

/** The constants broadcast to the shapes beside them and flattened, one after the other, in shape `dims`. */
export function joinedConstants(
  parts: readonly { readonly constant: Tensor; readonly shape: readonly number[] }[],
  dims: readonly number[],
): Tensor {
  const dtype = parts[0]?.constant.dtype;
  if (dtype === undefined || dtype === 'string') throw new ProgramError('no constants to join');
  const data = new dtypes[dtype].array(sizeOf(dims));
  let at = 0;
  for (const { constant, shape } of parts)
    for (const place of sourcePlaces(constant.shape, shape))
      data[at++] = constant.data[place] as Element as never;
  return { dtype, shape: dims, data } as Tensor;
}

/** For each element of `to`, the place of the element of `from` that broadcasting puts there. */
function sourcePlaces(from: readonly number[], to: readonly number[]): number[] {
  const given = from.slice(Math.max(0, from.length - to.length));
  let places = [0];
  let stride = sizeOf(given);
  for (const [axis, size] of to.entries()) {
    const own = given[axis - to.length + given.length] ?? 1;
    stride /= own;
    const step = own === 1 ? 0 : stride;
    places = places.flatMap((place) => Array.from({ length: size }, (_, index) => place + index * step));
  }
  return places;
}
