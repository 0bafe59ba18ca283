// Sessions made on first use, one per key.
import { cached } from '../../program/session-cache.js';

/** The value of a key, made once; forgotten again if making it failed. */
export function lazily<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return (key) => cached(made, key, () => make(key));
}
