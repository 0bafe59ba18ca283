// A worker thread of the pool: holds sessions, runs one request after the other.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../base/user-error.js';
import type { Reply, Request } from './messages.js';
import { openSession } from './ort.js';
import type { Results, Session } from './session.js';
import { buffersOf } from './transfer.js';

const sessions = new Map<string, Session>();
const port = parentPort;
if (port === null) throw new Error('worker.js runs only as a worker thread');

async function answer(request: Request): Promise<Results> {
  if (request.kind === 'open') {
    sessions.set(request.session, await openSession(request.model, request.optimization));
    return {};
  }
  const session = sessions.get(request.session);
  if (session === undefined) throw new Error('the session is not open in this worker');
  return session.run(request.feeds);
}

/** Results move to the main thread without a copy, but for strings. */
const send = (reply: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);

port.on('message', (request: Request) => {
  answer(request).then(
    (results) => send({ kind: 'done', id: request.id, results }, buffersOf(results)),
    (reason: unknown) => send({ kind: 'failed', id: request.id, message: messageOf(reason) }),
  );
});
