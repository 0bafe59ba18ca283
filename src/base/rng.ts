// Seeded randomness. A generator is a parameter wherever randomness is used; there is no global one.
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

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
  const generator = xoroshiro128plusFromState(stateOf(`${seed}/${stream}`));
  const uint32 = () => generator.next() >>> 0;
  const uniform = () => uint32() / 2 ** 32;
  return {
    uint32,
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/**
 * 128 bits of state from a text. The generator is linear, so that near states give near first draws: each word is a
 * hash of its own (FNV-1a with the word's number in front), finished by MurmurHash3's mixer.
 */
const stateOf = (text: string): number[] => [0, 1, 2, 3].map((word) => finish(hash(`${word}/${text}`)));

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return state;
}

/** Every bit of the result depends on every bit of the hash. */
function finish(hashed: number): number {
  const once = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
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
