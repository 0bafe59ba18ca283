// Many rows, a few at a time.
import { allDone } from '../all-done.js';

/** Results of `work` on `size` rows each, in order; all are started at once. */
export const inParts = <T>(
  count: number,
  size: number,
  work: (from: number, to: number) => Promise<T>,
): Promise<T[]> =>
  allDone(
    Array.from({ length: Math.ceil(count / size) }, (_, at) =>
      work(at * size, Math.min((at + 1) * size, count)),
    ),
  );
