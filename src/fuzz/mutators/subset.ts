// Some of the elements, drawn at random: exactly as many as a number says.
import { createRng, type Rng, shuffle } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import type { Domain } from '../domain.js';
import { type Bound, indexAt, numberAt, type Part } from './parts.js';

const greatestTable = 2 ** 16;

/**
 * The members, bool [parents or 1, children, ...input]. A table of permutations gives every element a rank, and members are those
 * whose ranks lie in a run: each single element can be drawn, and of larger subsets as many as there are rows times elements.
 * @param members least and greatest number of them
 */
export function subset(
  { shape, size }: Domain,
  seed: number,
  stream: string,
  members: Bound,
  count: (rng: Rng) => number,
): Part {
  const rows = Math.min(Math.max(Math.floor(greatestTable / size), 8), 256);
  const rng = createRng(seed, stream);
  const ranks = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) ranks.set(permutation(size, rng), row * size);
  const table = float32(ranks, [rows, ...shape]);
  return {
    bounds: [[0, rows - 1], [0, size - members[0]], members],
    draw(parameters, at, rng) {
      const drawn = count(rng);
      parameters[at] = rng.below(rows);
      parameters[at + 1] = rng.below(size - drawn + 1);
      parameters[at + 2] = drawn;
    },
    encode(p, parameters, domain) {
      const rank = p.gather(p.constant(table), indexAt(p, parameters, 0), 0);
      const first = numberAt(p, parameters, 1, domain);
      const end = p.add(first, numberAt(p, parameters, 2, domain));
      return p.and(p.greaterOrEqual(rank, first), p.less(rank, end));
    },
  };
}

const permutation = (size: number, rng: Rng): number[] =>
  shuffle(
    Array.from({ length: size }, (_, at) => at),
    rng,
  );
