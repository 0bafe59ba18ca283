// Generations of a climb without gradients: what helped before is put together, and changed again in many ways. Multi-recombination
// is that of evolution strategies (Beyer and Schwefel, Evolution strategies - A comprehensive introduction, 2002, section 2.2), the
// changes are those of score-based attacks: parts of the input go to ends of their box (Square Attack, Andriushchenko et al., arXiv
// 1912.00049, section 3).
import type { Rng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { vector } from '../batches.js';
import type { Domain } from '../domain.js';
import { encodeLimits } from '../limits.js';
import { createCorners } from '../mutators/corners.js';
import type { Parents } from '../mutators/mutator.js';
import { number } from '../mutators/numbers.js';
import { type BoundedMutator, mutatorOf, type Part } from '../mutators/parts.js';
import { region } from '../mutators/region.js';
import type { FuzzTarget } from '../target.js';
import { around, parentInputs, type Reads } from './mutation.js';
import { floats } from './screened.js';

/** Inputs of a generation: one as it is, the others changed in scattered places or in one region. */
export const brood = { asIs: 1, scattered: 16, regions: 15, size: 32 } as const;

/** Where a generation starts: at `base` with the changes that its children showed to be good. */
export type Generation = {
  /** [...input] */
  readonly base: Float32Array;
  /** [brood, ...input] */
  readonly children: Float32Array;
  /** [brood]: how much of each child's change is taken over. */
  readonly weights: Float32Array;
  readonly seed: number;
};

export type OffspringProgram = {
  /** The next generation: its start, within the limits, and children of that: [brood, ...input]. */
  breed(generation: Generation, rng: Rng): Promise<Float32Array>;
};

export async function offspringProgram(
  fuzzed: FuzzTarget,
  seed: number,
  tables: Shared,
  runtime: Runtime,
): Promise<OffspringProgram> {
  const { set, domain, limits } = fuzzed;
  const p = new Program();
  const reads: Reads = new Set();
  const moves = [
    { mutator: createCorners(domain, seed), count: brood.scattered },
    { mutator: patches(domain), count: brood.regions },
  ];
  const parents = parentInputs(p, fuzzed, 1, reads);
  const start = encodeLimits(p, domain, limits, parents, recombined(p, fuzzed, parents));
  const from = around(parents, start);
  const changed = moves.map(({ mutator, count }) => {
    const parameters = p.input(mutator.name, 'float32', [1, count, mutator.parameters]);
    return encodeLimits(p, domain, limits, from, mutator.encode(p, from, parameters));
  });
  const next = p.reshape(p.concat([start, ...changed], 1), [brood.size, ...set.shape]);
  const session = await compile(p, { next }, runtime);
  return {
    breed: async (generation, rng) => {
      const drawn = moves.map(({ mutator, count }) => [mutator.name, draw(mutator, count, rng)] as const);
      const feeds = {
        inputs: float32(generation.base, [1, 1, ...set.shape]),
        children: float32(generation.children, [brood.size, set.size]),
        weights: float32(generation.weights, [1, brood.size]),
        ...(reads.has('seed') && { seed: vector(Int32Array.of(generation.seed)) }),
        ...(reads.has('instance') && {
          instance: vector(Int32Array.of(set.instanceOf[generation.seed] ?? 0)),
        }),
        ...Object.fromEntries(drawn),
      };
      return floats((await session.run(feeds, tables)).next);
    },
  };
}

/** The base with the weighted sum of its children's changes: [1, 1, ...input]. */
function recombined(p: Program, { set }: FuzzTarget, { inputs }: Parents): Value {
  const children = p.input('children', 'float32', [brood.size, set.size]);
  const changes = p.sub(children, p.reshape(inputs, [1, set.size]));
  const sum = p.matmul(p.input('weights', 'float32', [1, brood.size]), changes);
  const moved = p.add(inputs, p.reshape(sum, inputs.shape));
  // Of boxes as wide as float32 reaches changes may be infinite, and their sum NaN.
  return p.where(p.isNaN(moved), inputs, moved);
}

/** Of each side: at most a third, so that small regions are drawn as well. */
const greatestShare = 1 / 3;

/** All elements of a rectangle, of tables a run of columns, go to the same end of their box. */
function patches(domain: Domain): BoundedMutator {
  const isUpper: Part = number([0, 1], (rng) => rng.below(2));
  return mutatorOf(
    'patches',
    domain,
    [region(domain, greatestShare), isUpper],
    (p, { inputs, lower, upper }, [members, side]) =>
      p.where(members, p.where(p.greater(side, 0.5), upper, lower), inputs),
  );
}

function draw({ parameters, draw: drawOne }: BoundedMutator, count: number, rng: Rng) {
  const numbers = new Float32Array(count * parameters);
  for (let child = 0; child < count; child++) drawOne(numbers, child * parameters, rng);
  return float32(numbers, [1, count, parameters]);
}
