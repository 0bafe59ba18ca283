// What a certificate needs of a search by signs: the neurons that it names, slopes by which their bounds were found, and what the bounds
// of leaves were found with. Places of the certificate are the neurons that were undecided before their bounds were tightened.
import type { LeafChoice, Places } from '../../../findings/certificate/certificate.js';
import type { Bounds } from '../../crown/bounds.js';
import type { Neurons } from './neurons.js';
import type { Space } from './space.js';

/** Slopes [width] of the rows of y and of -y of an element. */
export type OnRefined = (space: Space, element: number, least: Float32Array, greatest: Float32Array) => void;

export type Recorder = {
  readonly onRefined: OnRefined;
  places(): Places;
  /** Of a place of the space that is searched. */
  placeOf(space: Space, place: number): number;
  /** @param slopes of the places of the space that is searched, in [0, 1] */
  choice(
    space: Space,
    weights: ArrayLike<number>,
    slopes: ArrayLike<number>,
    multipliers: ArrayLike<number>,
  ): LeafChoice;
};

/** @param plain bounds of hidden values before they were tightened */
export function createRecorder(hidden: readonly Neurons[], plain: readonly Bounds[]): Recorder {
  const undecided = hidden.map(({ size, cuts }, k) => {
    const { lower, upper } = plain[k] ?? { lower: [], upper: [] };
    const all = Array.from({ length: cuts === 'kink' ? size : 0 }, (_, at) => at);
    return all.filter((at) => (lower[at] ?? 0) < 0 && (upper[at] ?? 0) > 0);
  });
  const places = new Map<number, number>();
  let from = 0;
  hidden.forEach(({ size }, k) => {
    for (const at of undecided[k] ?? []) places.set(from + at, places.size);
    from += size;
  });
  const tightened: Places['tightened'][number][] = [];
  const spread = (space: Space, slopeAt: (place: number) => number): Uint16Array => {
    const result = new Uint16Array(places.size);
    space.elements.forEach((element, place) => {
      const own = place === 0 ? undefined : places.get(element);
      if (own !== undefined) result[own] = Math.round(65535 * slopeAt(place));
    });
    return result;
  };
  return {
    onRefined: (space, element, least, greatest) => {
      const place = places.get(element);
      if (place === undefined) return;
      const compact = (slopes: Float32Array) => spread(space, (at) => slopes[at] ?? 0);
      tightened.push({ place, least: compact(least), greatest: compact(greatest) });
    },
    places: () => ({
      values: hidden.flatMap(({ name }, k) => {
        const elements = undecided[k] ?? [];
        return elements.length === 0 ? [] : [{ name, elements }];
      }),
      tightened,
    }),
    placeOf: ({ elements }, place) => places.get(elements[place] ?? -1) ?? -1,
    choice: (space, weights, slopes, multipliers) => ({
      weights: Array.from(weights),
      slopes: spread(space, (place) => slopes[place] ?? 0),
      multipliers: Array.from(multipliers),
    }),
  };
}
