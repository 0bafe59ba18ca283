// Finding a value's or a key's offset in a parsed YAML document.
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml';

export type Path = readonly PropertyKey[];

export const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

export const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** Offset of the value at `path`; where there is none, of its nearest parent. */
export const offsetOf = (document: Document, path: Path): number => startOf(nodeAt(document, path));

/** Offset of the key that `path` ends with. */
export function keyOffsetOf(document: Document, path: Path): number {
  const parent = nodeAt(document, path.slice(0, -1));
  const pair = pairAt(document, parent, path.at(-1) ?? '');
  return startOf(pair === undefined ? parent : pair.key);
}

/** The deepest node along `path` that exists. */
export function nodeAt(document: Document, path: Path): unknown {
  let node: unknown = document.contents;
  for (const key of path) {
    const child = childOf(document, node, key);
    if (!isNode(child)) return node;
    node = child;
  }
  return node;
}

function childOf(document: Document, parent: unknown, key: PropertyKey): unknown {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  return isSeq(node) && typeof key === 'number' ? node.items[key] : pairAt(document, node, key)?.value;
}

function pairAt(document: Document, parent: unknown, key: PropertyKey): Pair | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  return isMap(node) ? node.items.find((pair) => keyOf(pair) === String(key)) : undefined;
}
