// Disjuncts of equal boxes share their arrays: what is the same for a box is computed once.

type Box = { readonly lower: object; readonly upper: object };

/** Items by their boxes, in the order of the first of each. */
export function byBox<T>(items: readonly T[], boxOf: (item: T) => Box): T[][] {
  const groups: T[][] = [];
  const found = new Map<object, Map<object, T[]>>();
  for (const item of items) {
    const { lower, upper } = boxOf(item);
    const byUpper = found.get(lower) ?? new Map<object, T[]>();
    found.set(lower, byUpper);
    const group = byUpper.get(upper) ?? [];
    if (group.length === 0) groups.push(group);
    byUpper.set(upper, group);
    group.push(item);
  }
  return groups;
}
