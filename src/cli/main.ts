// The command line's entry: parse, run one command, turn what it throws into text and an exit code.
// Commands are loaded when they run, so that `--help` loads neither ONNX Runtime nor zod.
import process from 'node:process';
import type { Pool } from '../program/worker-runtime.js';
import { createStyle, wantsColor } from './color.js';
import { errorText } from './errors.js';
import { dieOf, type Interrupts, interruptedExitCode, listenForInterrupts } from './interrupt.js';
import type { Invocation, Io } from './options.js';
import { parseCommandLine } from './parse.js';
import { guardStream } from './streams.js';

export const exitCodes = {
  passed: 0,
  failed: 1,
  couldNotRun: 2,
  interrupted: interruptedExitCode,
} as const;

/**
 * Runs one command line; the result is the exit code. What a command throws is reported here, not thrown on.
 * @param ahead threads that were started for it; closed at the end
 */
export async function main(argv: readonly string[], ahead?: Pool): Promise<number> {
  const world = connect(argv);
  try {
    const code = await run(await parseCommandLine(argv, world.io.stdout.columns), world.io, ahead);
    await world.flushed();
    return code;
  } catch (error) {
    world.complain(error);
    return exitCodes.couldNotRun;
  } finally {
    await ahead?.close();
    world.interrupts.dispose();
  }
}

async function run(invocation: Invocation, io: Io, ahead: Pool | undefined): Promise<number> {
  switch (invocation.command) {
    case 'print':
      io.stdout.write(invocation.text);
      return exitCodes.passed;
    case 'baseline':
      return (await import('./baseline.js')).runBaseline(invocation.options, io);
    case 'bounds':
      return (await import('./bounds.js')).runBounds(invocation.options, io);
    case 'check':
      return (await import('./check.js')).runCheck(invocation.options, io);
    case 'coverage':
      return (await import('./coverage.js')).runCoverage(invocation.options, io);
    case 'explain':
      return (await import('./explain.js')).runExplain(invocation.options, io);
    case 'fuzz':
      return (await import('./fuzz.js')).runFuzz(invocation.options, io);
    case 'completion':
      return (await import('./completion.js')).runCompletion(invocation.options, io);
    case 'operators':
      return (await import('./operators.js')).runOperators(invocation.options, io);
    case 'init':
      return (await import('./init.js')).runInit(invocation.options, io);
    case 'inspect':
      return (await import('./inspect.js')).runInspect(invocation.options, io);
    case 'distill':
      return (await import('./distill.js')).runDistill(invocation.options, io);
    case 'merge':
      return (await import('./merge.js')).runMerge(invocation.options, io);
    case 'merge-reports':
      return (await import('./merge-reports.js')).runMergeReports(invocation.options, io);
    case 'minimize':
      return (await import('./minimize.js')).runMinimize(invocation.options, io);
    case 'prove':
      return (await import('./prove.js')).runProve(invocation.options, io, ahead);
    case 'replay':
      return (await import('./replay.js')).runReplay(invocation.options, io);
    case 'verify-proof':
      return (await import('./verify-proof.js')).runVerifyProof(invocation.options, io);
  }
}

type World = {
  readonly io: Io;
  readonly interrupts: Interrupts;
  complain(error: unknown): void;
  /** Throws where standard output could not be written. */
  flushed(): Promise<void>;
};

/** The process as commands see it. Flags that matter even for a malformed command line are looked up by hand. */
function connect(argv: readonly string[]): World {
  const { stdout, stderr, env } = process;
  const noColor = argv.includes('--no-color');
  const debug = argv.includes('--debug') || env.MARAUDER_DEBUG === '1';
  const output = guardStream(stdout, 'standard output');
  guardStream(stderr, 'standard error');
  const errorStyle = createStyle(wantsColor(noColor, env, stderr));
  const complain = (error: unknown) => {
    stderr.write(errorText(error, errorStyle, debug));
  };
  dieOfBugs(complain);
  const interrupts = listenForInterrupts(process, dieOf);
  const io: Io = {
    stdout,
    stderr,
    style: createStyle(wantsColor(noColor, env, stdout)),
    errorStyle,
    cwd: process.cwd(),
    env,
    clock: () => performance.now(),
    signal: interrupts.signal,
  };
  return { io, interrupts, complain, flushed: output.check };
}

/** Node would leave with code 1, which means that the gate failed. */
function dieOfBugs(complain: (error: unknown) => void): void {
  const die = (error: unknown) => {
    complain(error);
    process.exit(exitCodes.couldNotRun);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}
