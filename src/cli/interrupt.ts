// Ctrl-C: the first asks the run to stop and report what it has, the second leaves at once.
import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import process from 'node:process';

export const interruptedExitCode = 130;

type Host = Pick<EventEmitter, 'on' | 'off'>;

export type Interrupts = {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node's defaults. */
  dispose(): void;
};

/**
 * @param host `process`, which emits the signals
 * @param leave ends the process by a signal; called when the signals are back to their defaults
 */
export function listenForInterrupts(host: Host, leave: (name: Terminating) => void): Interrupts {
  const controller = new AbortController();
  const dispose = () => {
    host.off('SIGINT', onInterrupt);
    for (const name of terminating) host.off(name, onTerminate);
  };
  const onTerminate = (name: Terminating) => {
    dispose();
    leave(name);
  };
  const onInterrupt = () => {
    if (controller.signal.aborted) onTerminate('SIGINT');
    controller.abort();
  };
  host.on('SIGINT', onInterrupt);
  for (const name of terminating) host.on(name, onTerminate);
  return { signal: controller.signal, dispose };
}

const terminating = ['SIGTERM', 'SIGHUP'] as const;
type Terminating = 'SIGINT' | (typeof terminating)[number];

/**
 * Dies of the signal itself, as shells expect (130 for SIGINT), after the `exit` event that gives the terminal its cursor
 * back. `process.exit` would end threads that may be computing, and be aborted by that.
 */
export function dieOf(name: Terminating): void {
  process.emit('exit', 128 + constants.signals[name]);
  process.kill(process.pid, name);
}
