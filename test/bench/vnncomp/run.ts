// One instance as the competition runs it: a process of its own, and what it wrote. A counterexample is run again here.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath, env as own } from 'node:process';
import type { ProveResult } from '../../../src/cli/prove/result.js';
import { type Instance, modelArguments } from './instances.js';
import { type Refutation, refute } from './refute.js';
import { isCounterexample } from './replay.js';

export type Verdict = 'sat' | 'unsat' | 'unknown' | 'timeout' | 'error';

export type Measured = {
  readonly instance: Instance;
  readonly verdict: Verdict;
  /** Of the whole process, but for the check of the certificate. */
  readonly seconds: number;
  readonly result: ProveResult | undefined;
  /** Of a counterexample: false is a wrong verdict. */
  readonly replays: boolean | undefined;
  /** Of a proof, where it was asked for: what was tried against it. */
  readonly refutation: Refutation | undefined;
  /** What it wrote to its standard error. */
  readonly complaint: string;
};

const command = new URL('../../../../bin/marauder.js', import.meta.url).pathname;
/** Time to leave after its own deadline. */
const graceSeconds = 20;
/** Whole milliseconds, whatever share of a time this is: Node takes no others. */
export const processLimitMs = (timeoutSeconds: number): number =>
  Math.ceil((timeoutSeconds + graceSeconds) * 1000);

export type RunOptions = {
  readonly timeoutScale: number;
  /** Where results are written. */
  readonly folder: string;
  /** Points that are tried against every proof. */
  readonly refutationPoints: number;
  /** Passed on. */
  readonly flags: readonly string[];
};

export async function runInstance(
  instance: Instance,
  { timeoutScale, folder, flags, refutationPoints }: RunOptions,
): Promise<Measured> {
  const results = join(folder, 'results.txt');
  const timeout = instance.timeoutSeconds * timeoutScale;
  const files = [...modelArguments(instance), instance.property];
  const args = [command, 'prove', ...files, '--json', '--vnncomp', results];
  const output = ['--output-dir', folder, '--timeout', `${timeout}s`, ...flags];
  const started = performance.now();
  const { stdout, stderr, status } = await finished([...args, ...output], folder, processLimitMs(timeout));
  const total = performance.now() - started;
  const result: ProveResult | undefined = stdout === '' ? undefined : JSON.parse(stdout);
  const seconds = (total - (result?.timing.checkingMs ?? 0)) / 1000;
  const common = { instance, seconds, result, complaint: stderr.trim() };
  if (status !== 0 && status !== 1)
    return { ...common, verdict: 'error', replays: undefined, refutation: undefined };
  const written = readFileSync(results, 'utf8');
  const verdict = written.split('\n')[0] as Verdict;
  const replays = verdict === 'sat' ? await isCounterexample(instance, written) : undefined;
  const isDoubted = verdict === 'unsat' && refutationPoints > 0;
  const refutation = isDoubted ? await refute(instance, refutationPoints) : undefined;
  return { ...common, verdict, replays, refutation };
}

/** Killed where it does not leave by itself: then it has no exit status. */
function finished(args: readonly string[], cwd: string, timeout: number) {
  // Node reads all certificates of that file before it starts, for up to 75 ms; a prover opens no connection.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = own;
  const child = spawn(execPath, args, { cwd, env, timeout, killSignal: 'SIGKILL' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise<{ stdout: string; stderr: string; status: number | null }>((resolve) => {
    child.on('close', (status) => resolve({ stdout, stderr, status }));
  });
}
