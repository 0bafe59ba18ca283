// Sessions made on first use, one per key.

/** The value of a key, made once; forgotten again if making it failed. */
export function lazily<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return (key) => {
    const found = made.get(key);
    if (found !== undefined) return found;
    const promise = make(key);
    made.set(key, promise);
    promise.catch(() => made.delete(key));
    return promise;
  };
}
