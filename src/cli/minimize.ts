// `marauder minimize`: findings as near to their seeds as they can be and still violate, saved as findings of their own.
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createDeadline } from '../base/deadline.js';
import { UserError } from '../base/user-error.js';
import { distances } from '../findings/distances.js';
import type { Finding, Mutation } from '../findings/finding.js';
import { minimize } from '../fuzz/minimize/minimize.js';
import type { Judgement } from '../policy/judge.js';
import type { Runtime } from '../program/session.js';
import { duration, plural } from '../report/words.js';
import { inputShape } from './check/fit.js';
import { assertWritableFolder } from './files.js';
import { findingFolders } from './findings/find.js';
import { type Judge, judgeOf } from './findings/judge.js';
import { refreshListing } from './findings/listing.js';
import { createFindingOpener, type OpenFinding } from './findings/open.js';
import { outputsOf, storedOutputs } from './findings/outputs.js';
import { type InputKind, writeFinding } from './findings/write.js';
import { interruptedExitCode } from './interrupt.js';
import { distanceLines } from './minimize/text.js';
import type { Io, MinimizeOptions } from './options.js';
import { shownFrom } from './shown.js';
import { createThreads } from './threads.js';
import { usageError } from './values.js';

/** 1 where some finding no longer violates its property, so that there is nothing to minimise. */
export async function runMinimize(options: MinimizeOptions, io: Io): Promise<number> {
  const folders = chosenFolders(options, io);
  const runtime = createThreads(1);
  try {
    const open = createFindingOpener(runtime);
    let holding = 0;
    for (const folder of folders) {
      const opened = await open(folder);
      // Of many, those that are results already are passed over.
      if (folders.length > 1 && opened.finding.minimizedFrom !== null) continue;
      if (folders.length > 1 && opened.finding.other !== null) {
        io.stdout.write(`${shownFrom(io.cwd)(folder)}  passed over: it has two inputs\n`);
        continue;
      }
      if (!(await minimized(opened, options, io, runtime))) holding++;
      if (io.signal.aborted) return interruptedExitCode;
    }
    return holding > 0 ? 1 : 0;
  } finally {
    await runtime.close();
  }
}

function chosenFolders({ findings, output }: MinimizeOptions, io: Io): string[] {
  const folders = [...new Set(findings.flatMap((path) => findingFolders(resolve(io.cwd, path))))];
  if (output === undefined) return folders;
  if (folders.length > 1)
    throw usageError('minimize', `--output is for one finding, and there are ${folders.length}`);
  assertWritableFolder(resolve(io.cwd, output));
  return folders;
}

/** The images of a transform are no inputs between which there is anything. */
function refusePerturbed({ finding, folder }: OpenFinding): void {
  if (finding.kind !== 'perturbation') return;
  throw new UserError('INVALID_FINDING', {
    where: folder,
    problem: 'a transformed image cannot be made smaller: its parameters say how little was changed',
    hint: 'narrow the ranges of "transform" in the policy to find smaller changes',
  });
}

/** False where the finding holds now. */
async function minimized(
  opened: OpenFinding,
  { norm, seconds, output }: MinimizeOptions,
  io: Io,
  runtime: Runtime,
): Promise<boolean> {
  const { folder, finding, input, changed } = opened;
  const { stdout, style, clock } = io;
  const shown = shownFrom(io.cwd);
  if (finding.other !== null)
    throw usageError(
      'minimize',
      `${shown(folder)} is a finding of two inputs, and only single inputs are minimised`,
      'replay it with "marauder replay"',
    );
  const seed = requiredSeed(opened);
  refusePerturbed(opened);
  const { judge, rows } = counted(judgeOf(opened, runtime));
  const before = await judge.one(input);
  stdout.write(`${style.strong(shown(folder))}  ${before.summary}\n`);
  for (const what of changed)
    stdout.write(`  ${style.warn('note:')} ${what} has changed since the finding was saved\n`);
  if (!before.violated) {
    stdout.write(`  ${style.good('✓ holds now')}: there is nothing to minimise\n`);
    return false;
  }
  const started = clock();
  const deadline = createDeadline(seconds * 1000, clock, io.signal);
  const predicate = {
    violates: judge.rows,
    confirms: async (candidate: Float32Array) => (await judge.one(candidate)).violated,
  };
  const integer = wholeElements(finding, input.length);
  const result = await minimize(input, seed, predicate, { norm, deadline, integer });
  const after = await judge.one(result);
  const target = output === undefined ? `${folder}-min` : resolve(io.cwd, output);
  const outputs = storedOutputs(await outputsOf(opened.models, result, seed));
  save(target, opened, { input: result, seed, outputs }, after, norm);
  const cut = deadline.interrupted() ? ', interrupted' : deadline.expired() ? ', stopped by --time' : '';
  const spent = `${plural(rows(), 'execution')} in ${duration(clock() - started)}${cut}`;
  const lines = [
    ...distanceLines(distances(input, seed), distances(result, seed), before, after, style),
    style.faint(spent),
    `saved as ${style.command(shown(target))}`,
  ];
  stdout.write(lines.map((line) => `  ${line}\n`).join(''));
  return true;
}

/** Executions of the model, counted. */
function counted({ one, rows }: Judge): { readonly judge: Judge; rows(): number } {
  let executions = 0;
  return {
    rows: () => executions,
    judge: {
      one: (input) => {
        executions++;
        return one(input);
      },
      rows: async (inputs) => {
        const results = await rows(inputs);
        executions += results.length;
        return results;
      },
    },
  };
}

function requiredSeed({ seed, folder }: OpenFinding): Float32Array {
  if (seed !== undefined) return seed;
  throw new UserError('INVALID_FINDING', {
    where: join(folder, 'finding.json'),
    problem: 'has no seed to come near to: it was saved by an earlier version of Marauder',
    hint: 'find it again with "marauder check" or "marauder fuzz"',
  });
}

function wholeElements({ integer }: Finding, size: number): Uint8Array | undefined {
  if (integer.length === 0) return undefined;
  const marks = new Uint8Array(size);
  for (const at of integer) marks[at] = 1;
  return marks;
}

const minimizing = (norm: MinimizeOptions['norm']): Mutation => ({
  by: `minimize-${norm}`,
  parameters: [],
  partner: null,
});

type Result = {
  readonly input: Float32Array;
  readonly seed: Float32Array;
  readonly outputs: Uint8Array | undefined;
};

function save(
  target: string,
  { folder, finding, models }: OpenFinding,
  { input, seed, outputs }: Result,
  { margin, summary }: Judgement,
  norm: MinimizeOptions['norm'],
): void {
  const { images } = finding;
  const [model] = models;
  const kind: InputKind = {
    shape: model === undefined ? [input.length] : inputShape(model),
    image: images?.layout,
    integer: wholeElements(finding, input.length),
    range: images?.range ?? [0, 1],
  };
  // The model as it is now, which the result was judged by.
  const refs = finding.models.map((ref, at) => ({
    ...ref,
    sha256: models[at]?.sha256 ?? ref.sha256,
    file: relative(target, resolve(folder, ref.file)),
  }));
  const parts = {
    ...finding,
    models: refs,
    margin,
    summary,
    // The arrays stay with the finding that this one was made from.
    chain: [...finding.chain.map((step) => ({ ...step, partner: null })), minimizing(norm)],
    minimizedFrom: dirname(target) === dirname(folder) ? basename(folder) : relative(target, folder),
  };
  writeFinding(target, parts, input, seed, kind, { outputs });
  refreshListing(target);
}
