// Networks that cannot be joined are networks without bounds: tested all the same.
import { messageOf, UserError } from '../../../base/user-error.js';
import { Unbounded } from '../../../ops/operator.js';

export function asUnbounded<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof UserError) throw new Unbounded(messageOf(error));
    throw error;
  }
}
