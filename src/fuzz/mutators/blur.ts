// Blur of images: the averages and Gaussian kernels of DeepTest (Tian et al., ICSE 2018, table 2) and DeepHunter that are linear.
import type { Rng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import { productDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain, ImageLayout } from '../domain.js';
import { amplitude, number } from './numbers.js';
import { type BoundedMutator, indexAt, mutatorOf, type Part } from './parts.js';
import { fromPlanes, planesOf } from './pixels.js';

/** One-dimensional weights; a kernel is their product with themselves. The Gaussian ones are OpenCV's. */
const kernels: readonly (readonly number[])[] = [
  [1, 1, 1],
  [1, 1, 1, 1, 1],
  [1, 2, 1],
  [1, 4, 6, 4, 1],
  [1, 3.5, 7, 9, 7, 3.5, 1],
];
const reach = 3;
const side = 2 * reach + 1;

/** A mean over the neighbours inside the image, mixed with the image itself. */
export function createBlur(domain: Domain): BoundedMutator | undefined {
  const { image } = domain;
  if (image === undefined) return undefined;
  const strength = number([2 ** -6, 1], (rng) => (rng.uniform() < 0.5 ? 1 : amplitude(rng, 1)));
  return mutatorOf('blur', domain, [kernelChoice, strength], (p, { inputs }, [kernel, share]) => {
    const changes = halfChanges(p, planesOf(p, inputs, image), image);
    const chosen = fromPlanes(p, choose(p, changes, kernel), domain, image);
    return p.add(inputs, p.mul(chosen, p.mul(share, 2)));
  });
}

/** int64 [parents or 1, children]. */
const kernelChoice: Part = {
  bounds: [[0, kernels.length - 1]],
  draw(parameters: Float32Array, at: number, rng: Rng) {
    parameters[at] = rng.below(kernels.length);
  },
  encode: (p, parameters) => indexAt(p, parameters, 0),
};

/** Half of what each kernel changes: [parents, channels, pixels] -> [parents, channels, kernels, pixels]. */
function halfChanges(p: Program, planes: Value, { height, width }: ImageLayout): Value {
  const [parents = 1, channels = 1, pixels = 1] = planes.shape;
  const images = p.reshape(planes, [productDim([parents, channels]), 1, height, width]);
  const weights = p.constant(float32(kernels.flatMap(kernelWeights), [kernels.length, 1, side, side]));
  const window = { strides: [1, 1], pads: [reach, reach, reach, reach], dilations: [1, 1], group: 1 };
  // Zeros from beyond the edge count for nothing.
  const shares = p.constant(
    float32(
      kernels.flatMap((kernel) => halvesOverWeight(kernel, height, width)),
      [1, kernels.length, height, width],
    ),
  );
  const blurred = p.mul(p.conv(images, weights, window), shares);
  const stack = p.reshape(blurred, [parents, channels, kernels.length, pixels]);
  return p.sub(stack, p.mul(p.reshape(planes, [parents, channels, 1, pixels]), 0.5));
}

/** One kernel per child: [parents, channels, kernels, pixels] -> [parents, channels, children, pixels]. */
function choose(p: Program, stack: Value, kernel: Value): Value {
  const [parents = 1, children = 1] = kernel.shape;
  if (parents === 1) return p.gather(stack, p.reshape(kernel, [children]), 2);
  const [, channels = 1, , pixels = 1] = stack.shape;
  const each = p.expand(p.reshape(kernel, [parents, 1, children, 1]), [parents, channels, children, pixels]);
  return p.gatherElements(stack, each, 2);
}

/** side x side, the kernel in the middle; they add up to 1. */
function kernelWeights(kernel: readonly number[]): number[] {
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  return Array.from(
    { length: side * side },
    (_, at) =>
      (weightAt(kernel, Math.floor(at / side) - reach) * weightAt(kernel, (at % side) - reach)) / total ** 2,
  );
}

/** The weight at a distance from the middle. */
const weightAt = (kernel: readonly number[], distance: number): number =>
  kernel[distance + (kernel.length - 1) / 2] ?? 0;

/** Of each pixel a half over the weight of those neighbours that are inside the image. */
function halvesOverWeight(kernel: readonly number[], height: number, width: number): number[] {
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const inside = (place: number, length: number) =>
    Array.from({ length }, (_, other) => weightAt(kernel, other - place)).reduce(
      (sum, weight) => sum + weight,
      0,
    ) / total;
  return Array.from(
    { length: height * width },
    (_, pixel) => 0.5 / (inside(Math.floor(pixel / width), height) * inside(pixel % width, width)),
  );
}
