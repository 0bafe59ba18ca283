// Which WebGPU adapter answers, asked in a process of its own: Dawn writes warnings to the process's standard error, and a
// driver may take the process that loads it with it.
import { fork } from 'node:child_process';
import { builtFile } from '../../program/built-file.js';

/** How an adapter is asked for: flags of Dawn's instance, and whether it need only have WebGPU's compatibility features. */
export type AdapterRequest = { readonly flags: readonly string[]; readonly compatibility: boolean };

export type AdapterAnswer = {
  readonly request: AdapterRequest;
  /** As the driver names itself. */
  readonly description: string;
};

/** Dawn's own choice first; then OpenGL, which has no more than the compatibility features there. */
export const adapterRequests: readonly AdapterRequest[] = [
  { flags: [], compatibility: false },
  { flags: ['backend=opengles'], compatibility: true },
];

const entry = builtFile('adapter-probe', import.meta.url, 'js');

/** The first adapter that answers; undefined where none does, or the driver crashes or takes longer than `timeoutMs`. */
export function findAdapter(timeoutMs: number): Promise<AdapterAnswer | undefined> {
  return new Promise((resolve) => {
    const child = fork(entry, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: timeoutMs,
    });
    let answer: AdapterAnswer | undefined;
    child.on('message', (message) => {
      answer = message as AdapterAnswer;
    });
    child.on('error', () => resolve(undefined));
    child.on('exit', () => resolve(answer));
  });
}
