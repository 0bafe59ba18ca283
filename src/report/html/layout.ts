// Whether an input can be drawn, and how its elements are pixels: as the finding says, or as a guess that the page calls one.
import type { Shape } from '../../base/shape.js';
import type { FindingImages } from '../../findings/finding.js';
import type { WitnessMaterial } from '../material.js';
import { isDrawable } from './picture.js';

export type Drawing = {
  readonly layout: FindingImages['layout'];
  /** Values that are black and white. */
  readonly range: readonly [number, number];
  /** A flat vector says nothing of rows and columns. */
  readonly isGuess: boolean;
};

/** Fewer are more likely features than pixels. */
const leastSide = 8;

export function drawingOf(witness: WitnessMaterial): Drawing | undefined {
  const { images } = witness.finding;
  if (images !== null && fits(images, witness))
    return { layout: images.layout, range: images.range, isGuess: false };
  const side = sideOfSquare(witness.shape);
  if (side === undefined) return undefined;
  const layout = { channels: 1, height: side, width: side, order: 'HW' } as const;
  return { layout, range: rangeOf(witness), isGuess: true };
}

const fits = ({ layout, range }: FindingImages, { input }: WitnessMaterial): boolean =>
  isDrawable(layout) &&
  layout.channels * layout.height * layout.width === input.length &&
  range[0] < range[1];

/** Of a vector of 64, 784, … elements. */
function sideOfSquare(shape: Shape): number | undefined {
  const long = shape.filter((size) => size !== 1);
  const side = Math.sqrt(long[0] ?? 0);
  return long.length === 1 && Number.isInteger(side) && side >= leastSide ? side : undefined;
}

/** What pixels usually are, or else what these are. */
function rangeOf({ input, seed = input }: WitnessMaterial): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of [...input, ...seed]) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least >= 0 && most <= 1) return [0, 1];
  if (least >= 0 && most <= 255) return [0, 255];
  return least < most ? [least, most] : [0, 1];
}
