// A worker thread of the pool: holds sessions, runs one request after the other.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../base/user-error.js';
import { leastModel } from './least-model.js';
import type { Reply, Request } from './messages.js';
import { type LocalSession, openSession } from './ort.js';
import type { Feeds, Results } from './session.js';
import { buffersOf } from './transfer.js';

const sessions = new Map<string, LocalSession>();
const shared = new Map<number, Feeds>();
const port = parentPort;
if (port === null) throw new Error('worker.js runs only as a worker thread');

async function answer(request: Request): Promise<Results> {
  switch (request.kind) {
    case 'start':
      await openSession(leastModel, 'disabled', 'returned');
      return {};
    case 'open':
      sessions.set(request.session, await openSession(request.model, request.optimization, request.memory));
      return {};
    case 'share':
      shared.set(request.shared, request.feeds);
      return {};
    case 'release':
      shared.delete(request.shared);
      return {};
    case 'run':
      return run(request);
  }
}

function run(request: Extract<Request, { kind: 'run' }>): Promise<Results> {
  const session = sessions.get(request.session);
  if (session === undefined) throw new Error('the session is not open in this worker');
  return session.run(request.feeds, ...request.shared.map(sharedFeeds));
}

function sharedFeeds(id: number): Feeds {
  const feeds = shared.get(id);
  if (feeds === undefined) throw new Error('the shared feeds were released');
  return feeds;
}

/** Results move to the main thread without a copy, but for strings. */
const send = (reply: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);

port.on('message', (request: Request) => {
  answer(request).then(
    (results) => send({ kind: 'done', id: request.id, results }, buffersOf(results)),
    (reason: unknown) => send({ kind: 'failed', id: request.id, message: messageOf(reason) }),
  );
});
