// Bounds of hidden values, raised at the places that open contests depend on.
import { inLanes } from '../../../base/lanes.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { type Bounds, intersected } from '../bounds.js';
import type { AscentOptions } from '../row-stage.js';
import { uncertain } from '../uncertain.js';
import { unitRows } from '../unit-rows.js';
import type { Places, Surroundings } from '../windows/place.js';
import { planeOf, type Window } from '../windows/window.js';
import { byWindow, type Group, inWindow, sizeOfWindow } from './grouping.js';

export type Hidden = {
  readonly head: TypedModel;
  readonly around: Surroundings;
  readonly placesOf: (name: string) => Places;
  readonly lanes: number;
  /** By value, elements that were raised before, and are left out: added to. */
  readonly raised: Map<string, Set<number>>;
};

/**
 * Tightens bounds in place, those of earlier values first.
 * @param windows of each open contest: what it depends on, by the name of the value; undefined where that is not known
 */
export async function raiseHidden(
  { head, around, placesOf, lanes, raised }: Hidden,
  windows: readonly (ReadonlyMap<string, Window> | undefined)[],
  effort: AscentOptions,
): Promise<void> {
  for (const { target, bounds } of around.known) {
    const shape = (head.types.get(target.name)?.shape ?? []).map(Number);
    const read = windows.flatMap((each) => {
      const window = each?.get(target.name);
      return window === undefined ? [] : [window];
    });
    const places = placesOf(target.name);
    const before = raised.get(target.name) ?? new Set();
    const open = openIn(bounds, target.kinkOnly, shape, read).filter((element) => !before.has(element));
    for (const element of open) before.add(element);
    raised.set(target.name, before);
    const groups = byWindow(open, places.around);
    const raise = (group: Group<number>) => raiseGroup(places, bounds, shape, around, group, effort);
    await inLanes(lanes, groups, raise, effort.deadline.expired);
  }
}

/** Elements that bounds leave open, where their place is in one of the windows. */
function openIn(
  bounds: Bounds,
  kinkOnly: boolean,
  shape: readonly number[],
  windows: readonly Window[],
): number[] {
  const [height, width] = planeOf(shape);
  const isRead = new Uint8Array(windows.length === 0 ? 0 : height * width);
  for (const [rows, columns] of windows)
    for (let row = rows.from; row < rows.to; row++)
      isRead.fill(1, row * width + columns.from, row * width + columns.to);
  return uncertain(bounds, kinkOnly).filter((at) => isRead[at % (height * width)] === 1);
}

async function raiseGroup(
  places: Places,
  bounds: Bounds,
  shape: readonly number[],
  around: Surroundings,
  { window, items: elements }: Group<number>,
  effort: AscentOptions,
): Promise<void> {
  const part = places.at(window);
  if (part === undefined) return;
  const local = elements.map((element) => inWindow(element, shape, window));
  const found = await places.raise(part, around, unitRows(sizeOfWindow(shape, window), local), effort);
  elements.forEach((element, row) => {
    intersected(bounds, element, found[row], found[elements.length + row]);
  });
}
