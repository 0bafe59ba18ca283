// What one input is, beyond its shape: an image or a table, and which of its elements are whole numbers.
import type { Shape } from '../base/shape.js';

export type ImageLayout = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Order of the axes of one input; `HW` has one channel and no axis for it. */
  readonly order: 'CHW' | 'HWC' | 'HW';
};

export type Domain = {
  /** Of one input, without the batch. */
  readonly shape: Shape;
  /** Elements of one input. */
  readonly size: number;
  /** Undefined where the input is no image. */
  readonly image: ImageLayout | undefined;
  /** Per element 1 where only whole numbers are valid; undefined where that is so nowhere. */
  readonly integer: Uint8Array | undefined;
  /** Smallest box around all instances, per element. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
};
