// Every node gets a name of its own, so that errors, coverage and reports can point at it.

/** Keeps the first of equal names; nodes without a name are called after their operator and position. */
export function uniqueNodeNames(nodes: readonly { name: string; opType: string }[]): string[] {
  const given = new Set(nodes.map((node) => node.name));
  const used = new Set<string>();
  const attempts = new Map<string, number>();
  const free = (base: string): string => {
    // Remembered per base: thousands of equal names would otherwise be counted through again and again.
    let attempt = attempts.get(base) ?? 1;
    while (given.has(`${base}_${attempt}`) || used.has(`${base}_${attempt}`)) attempt++;
    attempts.set(base, attempt + 1);
    return `${base}_${attempt}`;
  };
  return nodes.map(({ name, opType }, index) => {
    const wanted = name === '' ? `${opType}_${index}` : name;
    const taken = used.has(wanted) || (name === '' && given.has(wanted));
    const chosen = taken ? free(wanted) : wanted;
    used.add(chosen);
    return chosen;
  });
}
