// `marauder prove`: a VNN-LIB property of a model, decided: a proof, a counterexample, or why neither was found in time.
import { basename, resolve } from 'node:path';
import { createDeadline, type Deadline } from '../base/deadline.js';
import { readVnnlib } from '../policy/vnnlib/read.js';
import { createInlineRuntime } from '../program/inline-runtime.js';
import { runtimeVersion } from '../program/ort.js';
import type { Pool } from '../program/worker-runtime.js';
import { branch, isSmallBox } from '../verify/branch/choose.js';
import { decide, type Outcome, type Problem, type Runtimes } from '../verify/decide.js';
import { withPlace } from './check/runtime-failure.js';
import { assertWritable, assertWritableFolder, writeFileAtomic } from './files.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, ProveOptions } from './options.js';
import { createProgress } from './progress.js';
import { breathing } from './prove/breathing.js';
import { checked } from './prove/checked.js';
import { saveCounterexample } from './prove/counterexample.js';
import { createOverdue } from './prove/overdue.js';
import { progressWords } from './prove/progress-words.js';
import { type ProveResult, resultOf } from './prove/result.js';
import { startThreads } from './prove/start.js';
import { openSubject } from './prove/subject.js';
import { proveHeader, proveText } from './prove/text.js';
import { vnncompError, vnncompText } from './prove/vnncomp.js';
import { version } from './version.js';

/** 0 where the property is proved, 1 where it is violated or unknown. @param ahead threads that were started; closed at the end */
export async function runProve(
  options: ProveOptions,
  io: Io,
  ahead = startThreads(options.workers, options.model && resolve(io.cwd, options.model)),
): Promise<number> {
  const runtimes = openRuntimes(ahead, io);
  try {
    return await reported(options, io, runtimes, writableResults(options, io));
  } finally {
    // After the result: a thread ends with the call that it is in.
    await closeRuntimes(runtimes);
  }
}

/** @returns where results go, if anywhere. @throws UserError FILE_UNWRITABLE for whatever is to be written */
function writableResults({ vnncomp, certificate, outputDir }: ProveOptions, { cwd }: Io): string | undefined {
  const results = vnncomp === undefined ? undefined : resolve(cwd, vnncomp);
  if (results !== undefined) assertWritable(results);
  if (certificate !== undefined) assertWritable(resolve(cwd, certificate));
  assertWritableFolder(resolve(cwd, outputDir));
  return results;
}

async function reported(
  options: ProveOptions,
  io: Io,
  runtimes: ProveRuntimes,
  results: string | undefined,
): Promise<number> {
  try {
    const { result, vnncomp } = await prove(options, io, runtimes);
    if (results !== undefined) writeFileAtomic(results, vnncomp);
    io.stdout.write(
      options.json ? `${JSON.stringify(result, null, 2)}\n` : proveText(result, options, io.style),
    );
    if (result.reason === 'interrupted') return interruptedExitCode;
    return result.verdict === 'proved' ? 0 : 1;
  } catch (error) {
    if (results !== undefined) writeFileAtomic(results, vnncompError);
    throw error;
  }
}

export type ProveRuntimes = ReturnType<typeof openRuntimes>;

export const openRuntimes = (pool: Pool, { clock }: Pick<Io, 'clock'>) => ({
  pool,
  inline: breathing(createInlineRuntime(), clock),
});

export const closeRuntimes = async ({ pool, inline }: ProveRuntimes): Promise<void> => {
  await Promise.all([pool.close(), inline.close()]);
};

type Proved = { readonly result: ProveResult; readonly vnncomp: string };

/** All but what is printed and written at the end. @param told what it is at, in words */
export async function prove(
  options: ProveOptions,
  io: Io,
  runtimes: ProveRuntimes,
  told: (text: string) => void = () => {},
): Promise<Proved> {
  const started = io.clock();
  const timeoutMs = (options.timeoutSeconds ?? Infinity) * 1000;
  const deadline = createDeadline(timeoutMs, io.clock, io.signal);
  const property = await readVnnlib(options.property);
  const { networks, problem } = await openSubject(property, options, io.cwd, runtimes.inline);
  if (!options.json) io.stdout.write(proveHeader(options, io.style));
  const openingMs = io.clock() - started;
  const outcome = await decided(problem, { options, io, deadline, timeoutMs, runtimes, told });
  const places = { outputDir: options.outputDir, cwd: io.cwd };
  const folder =
    outcome.verdict === 'violated' ? saveCounterexample(property, networks, outcome, places) : undefined;
  const certificate = await checked(property, networks, outcome, { options, io, deadline });
  const tool = { name: 'marauder', version, onnxruntime: runtimeVersion() } as const;
  const totalMs = io.clock() - started;
  const about = { tool, networks, property, options, folder, certificate, openingMs, totalMs };
  return { result: resultOf(outcome, about), vnncomp: vnncompText(property, outcome) };
}

type Run = {
  readonly options: ProveOptions;
  readonly io: Io;
  readonly deadline: Deadline;
  readonly timeoutMs: number;
  readonly runtimes: Runtimes;
  readonly told: (text: string) => void;
};

async function decided(
  problem: Problem,
  { options, io, deadline, timeoutMs, runtimes, told }: Run,
): Promise<Outcome> {
  const { clock, signal } = io;
  const { arithmetic, memoryBytes, seed } = options;
  const name = basename(options.property);
  const progress = createProgress(io.stdout, io.style, [{ name }], { clock, signal, live: !options.json });
  const onProgress: Parameters<typeof decide>[1]['onProgress'] = (now) => {
    const words = progressWords(now);
    progress.update(0, words);
    told(words);
  };
  progress.start(0);
  const overdue = createOverdue(deadline, clock);
  try {
    return await withPlace(options.model ?? options.property, () =>
      decide(
        problem,
        {
          arithmetic,
          memoryBytes,
          deadline,
          overdue: overdue.passed,
          timeoutMs,
          seed,
          clock,
          onProgress,
          branch,
          branchesFromRoots: isSmallBox(problem.disjuncts),
          records: problem.original === undefined && (options.certifies || options.certificate !== undefined),
        },
        runtimes,
      ),
    );
  } finally {
    overdue.stop();
    progress.stop();
  }
}
