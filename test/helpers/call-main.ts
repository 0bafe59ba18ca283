// The built command line called in the test's own process: Node need not start, nor read ONNX Runtime, for every call.
// What `main` sees of a process is put in place of the test's own while it runs. Needs `npm run build`.
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';

export type Called = { readonly status: number; readonly stdout: string; readonly stderr: string };

type Main = (argv: readonly string[]) => Promise<number>;
type Loader = { load(file: string): { main: Main } };

const { load }: Loader = createRequire(import.meta.url)('../../bin/load.cjs');

/** What was called last: a test that has run out of time leaves it running, and a process has one world at a time. */
let last: Promise<unknown> = Promise.resolve();

/** @param cwd the folder in which it is called */
export function callMain(argv: readonly string[], cwd: string): Promise<Called> {
  const called = last.then(() => callNow(argv, cwd));
  last = called.catch(() => {});
  return called;
}

async function callNow(argv: readonly string[], cwd: string): Promise<Called> {
  const { main } = load('main.cjs');
  const [stdout, stderr] = [new Gathered(), new Gathered()];
  const restore = replaceWorld(stdout, stderr, cwd);
  try {
    const status = await main(argv);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    restore();
  }
}

/** A stream that keeps what is written, as a pipe would. */
class Gathered extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  text = (): string => Buffer.concat(this.#chunks).toString('utf8');
}

/** Events for which `main` listens until its process ends. */
const events = ['exit', 'uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM', 'SIGHUP'];

function replaceWorld(stdout: Writable, stderr: Writable, cwd: string): () => void {
  const before = { env: process.env, cwd: process.cwd() };
  const streams = ['stdout', 'stderr'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name) ?? {}] as const,
  );
  const listeners = events.map((event) => [event, new Set(process.listeners(event as 'exit'))] as const);
  Object.defineProperty(process, 'stdout', { value: stdout, configurable: true });
  Object.defineProperty(process, 'stderr', { value: stderr, configurable: true });
  process.env = { PATH: before.env.PATH };
  process.chdir(cwd);
  return () => {
    process.chdir(before.cwd);
    process.env = before.env;
    for (const [name, descriptor] of streams) Object.defineProperty(process, name, descriptor);
    for (const [event, known] of listeners)
      for (const listener of process.listeners(event as 'exit'))
        if (!known.has(listener)) process.off(event, listener);
  };
}
