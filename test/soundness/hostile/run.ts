// Judges many files in child processes, and survives what they do not.
import { fork } from 'node:child_process';
import type { Report } from './child.js';
import type { Outcome } from './judge.js';

export type Judged = {
  readonly number: number;
  readonly name: string;
  readonly outcome: Outcome | { readonly kind: 'crashed' | 'hung'; readonly text: string };
  /** Greatest memory that the process had up to here. */
  readonly peakMiB: number;
};

export type Limits = { readonly caseMs: number };

/** All cases from `from` to `to` (exclusive); a process that ends or hangs is replaced, and the case in it noted. */
export async function judgeAll(
  entry: string,
  root: string,
  from: number,
  to: number,
  limits: Limits,
): Promise<Judged[]> {
  const all: Judged[] = [];
  for (let next = from; next < to; ) {
    const part = await judgeSome(entry, root, next, to, limits);
    all.push(...part);
    next = (part.at(-1)?.number ?? next) + 1;
  }
  return all;
}

function judgeSome(entry: string, root: string, from: number, to: number, limits: Limits): Promise<Judged[]> {
  const child = fork(entry, [root, String(from), String(to)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  const judged: Judged[] = [];
  let open: { readonly number: number; readonly name: string } | undefined;
  let hung = false;
  let stderr = '';
  const watch = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, limits.caseMs);
  child.stderr?.on('data', (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-2000);
  });
  child.on('message', (report: Report) => {
    watch.refresh();
    if (report.kind === 'started') open = report;
    else {
      judged.push({ ...report, name: open?.name ?? '' });
      open = undefined;
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      if (open !== undefined || judged.length < to - from) {
        const text = `${hung ? 'no answer' : `exit code ${code}, signal ${signal}`}\n${stderr}`;
        const number = open?.number ?? from + judged.length;
        judged.push({
          number,
          name: open?.name ?? '',
          outcome: { kind: hung ? 'hung' : 'crashed', text },
          peakMiB: 0,
        });
      }
      resolve(judged);
    });
  });
}
