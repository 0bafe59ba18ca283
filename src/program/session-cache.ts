// Equal models share one session: sessions by the hash of their bytes.
import { createHash } from 'node:crypto';
import type { GraphOptimization, ValueMemory } from './session.js';

/** Equal for equal bytes and options. */
export const sessionKey = (model: Uint8Array, optimization: GraphOptimization, memory: ValueMemory): string =>
  `${optimization}:${memory}:${createHash('sha256').update(model).digest('hex')}`;

/** The entry of `key`, made on first use and forgotten again if making it failed. */
export function cached<K, T>(map: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}
