// Ctrl-C: the first asks the run to stop and report what it has, the second leaves at once.
import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';

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
 * @param exit `process.exit`: its `exit` event is what gives the terminal its cursor back
 */
export function listenForInterrupts(host: Host, exit: (code: number) => void): Interrupts {
  const controller = new AbortController();
  const onInterrupt = () => {
    if (controller.signal.aborted) return exit(interruptedExitCode);
    controller.abort();
  };
  // Node's own way of dying of these would skip the `exit` event.
  const onTerminate = (name: NodeJS.Signals) => exit(128 + constants.signals[name]);
  host.on('SIGINT', onInterrupt);
  for (const name of terminating) host.on(name, onTerminate);
  const dispose = () => {
    host.off('SIGINT', onInterrupt);
    for (const name of terminating) host.off(name, onTerminate);
  };
  return { signal: controller.signal, dispose };
}

const terminating = ['SIGTERM', 'SIGHUP'] as const;
