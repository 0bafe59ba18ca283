// A worker thread of the pool: holds sessions, runs one request after the other.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort, type Transferable } from 'node:worker_threads';
import { messageOf } from '../base/user-error.js';
import { leastModel } from './least-model.js';
import type { Reply, Request } from './messages.js';
import { type LocalSession, openSession } from './ort.js';
import type { Feeds } from './session.js';
import type { Made, Task } from './task.js';
import { buffersOf } from './transfer.js';

const require = createRequire(import.meta.url);
const sessions = new Map<string, LocalSession>();
const shared = new Map<number, Feeds>();
const tasks = new Map<string, Task<unknown, unknown>>();
const port = parentPort;
if (port === null) throw new Error('worker.js runs only as a worker thread');

const nothing: Made<unknown> = { made: {}, transfer: [] };

async function answer(request: Request): Promise<Made<unknown>> {
  switch (request.kind) {
    case 'start':
      await openSession(leastModel, 'disabled', 'returned');
      return nothing;
    case 'open':
      sessions.set(request.session, await openSession(request.model, request.optimization, request.memory));
      return nothing;
    case 'share':
      shared.set(request.shared, request.feeds);
      return nothing;
    case 'release':
      shared.delete(request.shared);
      return nothing;
    case 'run': {
      const made = await sessionOf(request).run(request.feeds, ...request.shared.map(sharedFeeds));
      return { made, transfer: buffersOf(made) };
    }
    case 'perform':
      return inOrder(async () => (await taskAt(request.task))(sessionOf(request).run, request.given));
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One task after the other: two at a time would only take longer each. */
function inOrder<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}

function sessionOf({ session }: { readonly session: string }): LocalSession {
  const opened = sessions.get(session);
  if (opened === undefined) throw new Error('the session is not open in this worker');
  return opened;
}

async function taskAt(address: string): Promise<Task<unknown, unknown>> {
  const known = tasks.get(address);
  if (known !== undefined) return known;
  // A script is required: importing it would start the loader of modules, which takes as long as a sub-problem.
  const { perform } = address.endsWith('.cjs') ? require(fileURLToPath(address)) : await import(address);
  tasks.set(address, perform);
  return perform;
}

function sharedFeeds(id: number): Feeds {
  const feeds = shared.get(id);
  if (feeds === undefined) throw new Error('the shared feeds were released');
  return feeds;
}

/** Results move to the main thread without a copy, but for strings. */
const send = (reply: Reply, transfer: readonly Transferable[] = []) => port.postMessage(reply, transfer);

port.on('message', (request: Request) => {
  answer(request).then(
    ({ made, transfer }) => send({ kind: 'done', id: request.id, results: made }, transfer),
    (reason: unknown) => send({ kind: 'failed', id: request.id, message: messageOf(reason) }),
  );
});
