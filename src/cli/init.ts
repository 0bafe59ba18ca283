// `marauder init`: a first policy for a model, from what the model and the data show and what a few seconds of trying come to.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/user-error.js';
import { parsePolicy } from '../policy/parse.js';
import { shellWord } from '../report/words.js';
import { assertWritable, writeFileAtomic } from './files.js';
import { type Drafted, draft } from './init/draft.js';
import { interruptedExitCode } from './interrupt.js';
import type { InitOptions, Io } from './options.js';
import { createProgress } from './progress.js';
import { createThreads } from './threads.js';
import { fitted } from './wrap.js';

const measuringMs = 12_000;
const defaultPolicy = 'marauder.policy.yaml';

export async function runInit(options: InitOptions, io: Io): Promise<number> {
  const { output } = options;
  const file = resolve(io.cwd, output ?? defaultPolicy);
  if (output !== undefined) refuseExisting(file, output, options.force);
  const drafted = await drafting(file, options, io);
  if (io.signal.aborted) return interruptedExitCode;
  // Whatever was found, what is written can be read.
  parsePolicy(drafted.text, file);
  if (output === undefined) {
    io.stdout.write(drafted.text);
    return 0;
  }
  writeFileAtomic(file, drafted.text);
  io.stdout.write(`${fitted(summary(drafted, output, io), io.stdout)}\n`);
  return 0;
}

function refuseExisting(file: string, shown: string, force: boolean): void {
  assertWritable(file);
  if (force || !existsSync(file)) return;
  throw new UserError('FILE_UNWRITABLE', {
    where: shown,
    problem: 'there is such a file already',
    hint: 'write to another with --output, print with --stdout, or replace it with --force',
  });
}

async function drafting(file: string, options: InitOptions, io: Io): Promise<Drafted> {
  const { style, clock, signal } = io;
  const runtime = createThreads(options.workers);
  // What --stdout prints may be piped into a file.
  const stream = options.output === undefined ? io.stderr : io.stdout;
  const progress = createProgress(stream, style, [{ name: options.model }], { clock, signal });
  progress.start(0);
  try {
    const update = (text: string) => progress.update(0, text);
    return await draft(file, options, { io, runtime, progress: update, measuringMs });
  } finally {
    progress.stop();
    await runtime.close();
  }
}

function summary({ findings }: Drafted, output: string, { style }: Io): string {
  const command = output === defaultPolicy ? 'marauder check' : `marauder check ${shellWord(output)}`;
  return [
    ...findings.map((line) => `  ${line}`),
    '',
    `${style.good('wrote')} ${style.strong(output)}: read its comments, they say what was guessed`,
    `next: ${style.command(command)}`,
  ].join('\n');
}
