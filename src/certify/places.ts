// The neurons that a certificate names, found in the checker's network: names and elements come from outside and may be wrong.
import { Malformed, type Places } from '../findings/certificate/certificate.js';
import type { Network } from './network.js';

export type Place = { readonly step: number; readonly element: number };

export type Located = {
  readonly places: readonly Place[];
  /** By step: the place of every element, -1 for none. */
  readonly byStep: ReadonlyMap<number, Int32Array>;
  /** By step and element: slopes for its least and its greatest value. */
  readonly tightened: ReadonlyMap<
    number,
    ReadonlyMap<number, { readonly least: Uint16Array; readonly greatest: Uint16Array }>
  >;
};

/** @throws Malformed */
export function placeAt({ places }: Located, place: number): Place {
  const found = places[place];
  if (found === undefined) throw new Malformed(`there is no place ${place}`);
  return found;
}

/** @throws Malformed */
export function located({ named, readers, steps }: Network, { values, tightened }: Places): Located {
  const places: Place[] = [];
  const byStep = new Map<number, Int32Array>();
  for (const { name, elements } of values) {
    const step = named.get(name);
    if (step === undefined || !readers.has(step))
      throw new Malformed(`no activation of the model reads "${name}"`);
    const size = steps[step]?.size ?? 0;
    const own = byStep.get(step) ?? new Int32Array(size).fill(-1);
    byStep.set(step, own);
    for (const element of Array.from(elements)) {
      if (!(element < size)) throw new Malformed(`"${name}" has no element ${element}`);
      own[element] = places.length;
      places.push({ step, element });
    }
  }
  return { places, byStep, tightened: tightenedBy(places, tightened) };
}

function tightenedBy(places: readonly Place[], tightened: Places['tightened']): Located['tightened'] {
  const found = new Map<number, Map<number, { least: Uint16Array; greatest: Uint16Array }>>();
  for (const { place, least, greatest } of tightened) {
    const target = places[place];
    if (target === undefined || least.length !== places.length || greatest.length !== places.length)
      throw new Malformed(`slopes of place ${place} do not fit`);
    const own = found.get(target.step) ?? new Map();
    found.set(target.step, own);
    own.set(target.element, { least, greatest });
  }
  return found;
}
