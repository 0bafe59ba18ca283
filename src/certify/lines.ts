// Lines below and above every curve of the network over the bounds of what it reads.
import { type Bounds, boundsAt } from './bounds.js';
import type { Curve } from './curves.js';
import type { Network } from './network.js';
import type { Located } from './places.js';

/** Of one curve, by element: slope x + offset. */
export type Lines = {
  readonly below: Float64Array;
  readonly least: Float64Array;
  readonly above: Float64Array;
  readonly most: Float64Array;
};

/** @param slopeOf of the lower line of an element */
export function linesOf(
  curve: Curve,
  { lower, upper }: Bounds,
  slopeOf?: (element: number) => number | undefined,
): Lines {
  const column = () => new Float64Array(lower.length);
  const lines = { below: column(), least: column(), above: column(), most: column() };
  for (let at = 0; at < lower.length; at++) {
    const { below, above } = curve.lines([lower[at] as number, upper[at] as number], at, slopeOf?.(at));
    [lines.below[at], lines.least[at]] = below;
    [lines.above[at], lines.most[at]] = above;
  }
  return lines;
}

/** Lines of all curves, of slope 0 below where there is a choice. */
export const flatLines = ({ steps }: Network, bounds: readonly Bounds[]): (Lines | undefined)[] =>
  steps.map((step) =>
    step.kind === 'curve' ? linesOf(step.curve, boundsAt(bounds, step.source), () => 0) : undefined,
  );

/**
 * With slopes of places.
 * @param bounds of what curves read, by step, where they are other ones than at places without a slope
 */
export const linesWith = (
  { steps }: Network,
  plain: readonly (Lines | undefined)[],
  bounds: (step: number) => Bounds,
  { byStep }: Located,
  slopes: Uint16Array | undefined,
): (Lines | undefined)[] =>
  plain.map((own, at) => {
    const step = steps[at];
    const places = step?.kind === 'curve' ? byStep.get(step.source) : undefined;
    if (step?.kind !== 'curve' || places === undefined) return own;
    return linesOf(step.curve, bounds(step.source), (element) => {
      const slope = slopes?.[places[element] ?? -1];
      return slope === undefined ? undefined : slope / 65535;
    });
  });
