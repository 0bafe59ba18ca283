// Sessions in the calling thread: for tests, for training and inside workers. Blocks while it runs.
import { createHash } from 'node:crypto';
import { openSession } from './ort.js';
import type { Runtime, Session } from './session.js';

export function createInlineRuntime(): Runtime {
  const sessions = new Map<string, Promise<Session>>();
  return {
    workers: 1,
    open: (model, optimization = 'all') =>
      cached(sessions, sessionKey(model, optimization), () => openSession(model, optimization)),
    close: async () => sessions.clear(),
  };
}

export const sessionKey = (model: Uint8Array, optimization: string): string =>
  `${optimization}:${createHash('sha256').update(model).digest('hex')}`;

/** The entry of `key`, made on first use and forgotten again if making it failed. */
export function cached<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}
