// Seeded draws for recipes of models and boxes: numbers of every magnitude, boxes of every kind.

import { createRng, type Rng } from '../../src/base/rng.js';
import type { Shape } from '../../src/base/shape.js';
import { sizeOf } from '../../src/base/shape.js';
import { float32, type Tensor } from '../../src/base/tensor.js';

/** What numbers of a model or a box are like. */
export const flavours = ['normal', 'degenerate', 'wide', 'huge', 'subnormal', 'mixed', 'cancelling'] as const;
export type Flavour = (typeof flavours)[number];

export class Draw {
  readonly #rng: Rng;

  constructor(seed: number) {
    this.#rng = createRng(seed, 'draw');
  }

  /** Integer, both ends included. */
  int = (from: number, to: number): number => from + this.#rng.below(to - from + 1);
  uniform = (): number => this.#rng.uniform();
  pick = <T>(items: readonly T[]): T => items[this.#rng.below(items.length)] as T;
  flag = (): boolean => this.#rng.below(2) === 0;
  ints = (count: number, from: number, to: number): number[] =>
    Array.from({ length: count }, () => this.int(from, to));

  /** A number of the given kind; now and then zero. */
  number(flavour: Flavour): number {
    const sign = this.flag() ? 1 : -1;
    const unit = sign * this.#rng.uniform();
    if (this.#rng.below(12) === 0) return 0;
    switch (flavour) {
      case 'huge':
        return unit * 10 ** this.int(30, 38);
      case 'subnormal':
        return unit * 2 ** -this.int(120, 147);
      case 'mixed':
        return unit * 2 ** this.int(-140, 127);
      case 'cancelling':
        return this.flag() ? sign * 2 ** 25 : unit;
      default:
        return 2 * unit;
    }
  }

  tensor = (shape: Shape, flavour: Flavour = 'normal'): Tensor<'float32'> =>
    float32(
      Array.from({ length: sizeOf(shape) }, () => this.number(flavour)),
      shape,
    );

  /** Boxes [count, ...shape] of the given kind; always finite. */
  boxes(count: number, shape: Shape, flavour: Flavour) {
    const lower = this.tensor([count, ...shape], flavour);
    const upper = Float32Array.from(lower.data, (low) => this.#above(low, flavour));
    return { lower, upper: float32(upper, lower.shape) };
  }

  #above(low: number, flavour: Flavour): number {
    if (flavour === 'degenerate' || this.#rng.below(4) === 0) return low;
    const width = flavour === 'wide' ? 100 * this.#rng.uniform() : Math.abs(this.number(flavour)) * 0.25;
    const high = Math.fround(low + width);
    return Number.isFinite(high) ? high : low;
  }
}
