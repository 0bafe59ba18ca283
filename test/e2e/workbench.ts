// A folder of its own for each test file, and the built command line run in it as a user would.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseReport } from '../../src/findings/schema.js';
import { type Called, callMain } from '../helpers/call-main.js';

const root = new URL('../..', import.meta.url).pathname;
export const bin = join(root, 'bin/marauder.js');
export const inRoot = (path: string): string => join(root, path);

const plainEnv = { PATH: process.env.PATH };

export type Outcome = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type { Called };

export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'marauder-e2e-'));

  path = (name: string): string => join(this.folder, name);

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return name;
  }

  read = (name: string): string => readFileSync(this.path(name), 'utf8');

  /** The built command line in the test's own process: half a second less for each call. */
  call = (...args: string[]): Promise<Called> => callMain(args, this.folder);

  /** In a process of its own, where exit codes, streams or memory of the process are the subject. */
  run = (...args: string[]): Outcome =>
    spawnSync(process.execPath, [bin, ...args], { cwd: this.folder, encoding: 'utf8', env: plainEnv });

  /** Calls back when it runs, and with what it has printed so far, whenever it has printed more. */
  start(
    args: readonly string[],
    onOutput: (printed: string, kill: (signal: NodeJS.Signals) => void) => void,
    onStart: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
  ) {
    const child = spawn(process.execPath, [bin, ...args], { cwd: this.folder, env: plainEnv });
    onStart((signal) => child.kill(signal));
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise<Outcome>((resolve) => {
      child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
    });
  }

  report = (name = 'marauder-report.json') => parseReport(JSON.parse(this.read(name)), name);

  remove = (): void => rmSync(this.folder, { recursive: true, force: true });
}

/** Robustness of the plain digits network around a few rows; keys given replace these. */
export function smallPolicy(changes: { models?: object; data?: object; property?: object } = {}): string {
  return JSON.stringify({
    version: 1,
    seed: 7,
    models: { mlp: inRoot('corpora/digits-mlp.onnx'), ...changes.models },
    inputs: { range: [0, 1] },
    data: {
      digits: {
        file: inRoot('corpora/digits.npz'),
        inputs: 'test_images',
        labels: 'test_labels',
        scale: 0.0625,
        ...changes.data,
      },
    },
    properties: [
      {
        name: 'small',
        kind: 'robustness',
        model: 'mlp',
        data: 'digits',
        rows: 12,
        linfEpsilon: 0.05,
        expect: 'tested',
        budget: { executions: 12_000, seconds: 60 },
        ...changes.property,
      },
    ],
  });
}
