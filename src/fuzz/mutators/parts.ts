// Most mutators are put together of parts: a part is some of the numbers of a child, and what they stand for in the graph.
import type { Rng } from '../../base/rng.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain } from '../domain.js';
import type { Mutator, Parents } from './mutator.js';

export type Bound = readonly [least: number, greatest: number];

export type Part = {
  /** Least and greatest value of each of its numbers; ends are reached. */
  readonly bounds: readonly Bound[];
  /** Draws the numbers, which start at `at`. */
  draw(parameters: Float32Array, at: number, rng: Rng): void;
  /**
   * @param parameters float32 [parents or 1, children, n]
   * @returns [parents or 1, children, ...], which broadcasts against the inputs unless the part says otherwise
   */
  encode(p: Program, parameters: Value, domain: Domain): Value;
};

export type BoundedMutator = Mutator & { readonly bounds: readonly Bound[] };

/** @param children made of the parents and of one value per part; it reads no more of the parents than it needs */
export function mutatorOf<const Parts extends readonly Part[]>(
  name: string,
  domain: Domain,
  parts: Parts,
  children: (p: Program, parents: Parents, values: { readonly [I in keyof Parts]: Value }) => Value,
): BoundedMutator {
  const starts = parts.map((_, at) => boundsOf(parts.slice(0, at)).length);
  const bounds = boundsOf(parts);
  return {
    name,
    bounds,
    parameters: bounds.length,
    drawn: 'per column',
    draw(parameters, at, rng) {
      parts.forEach((part, index) => {
        part.draw(parameters, at + (starts[index] ?? 0), rng);
      });
    },
    encode(p, parents, parameters) {
      const encoded = (part: Part, index: number): Value => {
        const start = starts[index] ?? 0;
        return part.encode(p, p.slice(parameters, 2, start, start + part.bounds.length), domain);
      };
      return children(p, parents, parts.map(encoded) as { readonly [I in keyof Parts]: Value });
    },
  };
}

const boundsOf = (parts: readonly Part[]): Bound[] => parts.flatMap(({ bounds }) => bounds);

/** One number of each child, for element-wise use: [parents or 1, children, 1, ...]. */
export const numberAt = (
  p: Program,
  parameters: Value,
  at: number,
  { shape }: Pick<Domain, 'shape'>,
): Value =>
  p.reshape(p.slice(parameters, 2, at, at + 1), [...parameters.shape.slice(0, 2), ...shape.map(() => 1)]);

/** One number of each child as an index: int64 [parents or 1, children]. */
export const indexAt = (p: Program, parameters: Value, at: number): Value =>
  p.cast(p.reshape(p.slice(parameters, 2, at, at + 1), parameters.shape.slice(0, 2)), 'int64');
