// What is being checked right now. On a terminal a line per running property, redrawn in place; elsewhere only results.
import type { Clock } from '../base/deadline.js';
import type { Style } from '../report/style.js';
import { duration, oneLine } from '../report/words.js';
import type { Output } from './options.js';
import { createScreen, type Screen } from './screen.js';

/** Properties are named by their index. */
export type Progress = {
  start(index: number): void;
  /** What the property is at, such as `proving: 120 of 540 rows`. May be called as often as one likes. */
  update(index: number, text: string): void;
  /** Prints the property's result, of one or more lines. */
  finish(index: number, line: string): void;
  /** Ends the display; more calls are ignored. To be called in any case. */
  stop(): void;
};

export type ProgressOptions = {
  readonly clock: Clock;
  /** For `--quiet`: results only, even on a terminal. */
  readonly live?: boolean;
  /** Ctrl-C: says that the run is about to stop. */
  readonly signal?: AbortSignal;
  /** Registers a callback for the end of the process and returns how to cancel it. */
  readonly onExit?: (callback: () => void) => () => void;
};

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const stopping = 'interrupted: writing what is known so far; press Ctrl-C again to leave at once';

export function createProgress(
  stream: Output,
  style: Style,
  properties: readonly { readonly name: string }[],
  { clock, signal, live = true, onExit = atProcessExit }: ProgressOptions,
): Progress {
  if (stream.isTTY !== true || !live) return plainProgress(stream);
  const screen = createScreen(stream, onExit);
  signal?.addEventListener('abort', () => screen.print(style.warn(stopping)), { once: true });
  return liveProgress(screen, style, properties, clock);
}

function atProcessExit(callback: () => void): () => void {
  process.once('exit', callback);
  return () => process.off('exit', callback);
}

function plainProgress(stream: Output): Progress {
  const nothing = () => {};
  return {
    start: nothing,
    update: nothing,
    finish: (_index, line) => stream.write(`${line}\n`),
    stop: nothing,
  };
}

type Running = { readonly since: number; text: string };

function liveProgress(
  screen: Screen,
  style: Style,
  properties: readonly { readonly name: string }[],
  clock: Clock,
): Progress {
  const running = new Map<number, Running>();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const draw = () => {
    drawnAt = clock();
    const frame = frames[Math.floor(drawnAt / frameMs) % frames.length] ?? '';
    screen.draw([...running].map(([index, state]) => `${style.command(frame)} ${line(index, state)}`));
  };
  const line = (index: number, { since, text }: Running) => {
    const position = style.faint(`${index + 1}/${properties.length}`);
    const name = style.strong(oneLine(properties[index]?.name ?? ''));
    return `${position} ${name}  ${oneLine(text)}  ${style.faint(duration(clock() - since))}`;
  };
  // The spinner turns while the main thread is idle; updates draw it too, for when the thread is busy.
  const drawIfDue = () => {
    if (!stopped && running.size > 0 && clock() - drawnAt >= frameMs) draw();
  };
  const timer = setInterval(drawIfDue, frameMs);
  timer.unref();

  return {
    start(index) {
      if (stopped) return;
      running.set(index, { since: clock(), text: '' });
      draw();
    },
    update(index, text) {
      const state = running.get(index);
      if (state === undefined) return;
      state.text = text;
      drawIfDue();
    },
    finish(index, text) {
      if (stopped) return;
      running.delete(index);
      draw();
      screen.print(text);
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      screen.close();
    },
  };
}
