// Seeded randomness. A generator is a parameter wherever randomness is used; there is no global one.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws advance the generator's own state; equal seeds give equal sequences on every machine. */
export type Rng = {
  /** Uniform 32-bit integer, 0 to 2^32 - 1. */
  uint32(): number;
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Uniform integer in [0, bound). Bound at most 2^32; the bias is below bound / 2^32. */
  below(bound: number): number;
  /** Standard normal, by Box-Muller. */
  normal(): number;
};

/**
 * A generator for one named stream of one seed: streams of the same seed are independent,
 * so that shards, stages and properties do not disturb each other's draws.
 */
export function createRng(seed: number, stream = ''): Rng {
  const generator = xoroshiro128plus(mix(seed, stream));
  const uint32 = () => generator.next() >>> 0;
  const uniform = () => uint32() / 2 ** 32;
  return {
    uint32,
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** FNV-1a over the seed's and the stream's bytes. */
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${stream}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash | 0;
}

/** Fisher-Yates, in place. */
export function shuffle<T>(items: T[], rng: Rng): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = rng.below(last + 1);
    const held = items[last] as T;
    items[last] = items[pick] as T;
    items[pick] = held;
  }
  return items;
}
