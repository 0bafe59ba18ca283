// `marauder replay`: runs saved findings again, each on its original models at batch size 1.
import { resolve } from 'node:path';
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Finding } from '../findings/finding.js';
import { parseFinding } from '../findings/finding-schema.js';
import { decodeNpy } from '../policy/data/npy.js';
import { type Judgement, judgeAgreement, judgeRobustness } from '../policy/judge.js';
import type { Runtime } from '../program/session.js';
import { count, plural } from '../report/words.js';
import { classCount, inputShape } from './check/fit.js';
import { type OpenModel, openModel, runOne } from './check/models.js';
import { strangeValues } from './check/strange.js';
import { readFileBytes, readTextFile } from './files.js';
import { sha256 } from './hash.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, ReplayOptions } from './options.js';
import { createThreads } from './threads.js';

/** 1 where some finding still violates its property, 0 where none does any more. */
export async function runReplay(options: ReplayOptions, io: Io): Promise<number> {
  const runtime = createThreads(1);
  try {
    let reproduced = 0;
    for (const path of options.findings) {
      if (io.signal.aborted) return interruptedExitCode;
      const outcome = await replay(resolve(io.cwd, path), runtime);
      if (outcome.judgement.violated) reproduced++;
      io.stdout.write(describe(path, outcome, io));
    }
    const total = options.findings.length;
    if (total > 1) io.stdout.write(`\n${count(reproduced)} of ${plural(total, 'finding')} still violated\n`);
    return reproduced > 0 ? 1 : 0;
  } finally {
    await runtime.close();
  }
}

type Outcome = {
  readonly finding: Finding;
  readonly judgement: Judgement;
  /** What is no longer as the finding has it. */
  readonly changed: readonly string[];
};

/** @param path a finding's folder, or the finding.json in it */
async function replay(path: string, runtime: Runtime): Promise<Outcome> {
  const folder = path.endsWith('finding.json') ? resolve(path, '..') : path;
  const file = resolve(folder, 'finding.json');
  const finding = parseFinding(readTextFile(file), file);
  const inputFile = resolve(folder, finding.input);
  const bytes = readFileBytes(inputFile);
  const input = decodeNpy(bytes, inputFile);
  const models: OpenModel[] = [];
  for (const { name, file: modelFile, preprocess } of finding.models) {
    const steps = preprocess && { steps: preprocess, where: file };
    models.push(await openModel({ name, file: resolve(folder, modelFile), preprocess: steps }, runtime));
  }
  const changed = finding.models
    .filter(({ sha256 }, at) => models[at]?.sha256 !== sha256)
    .map(({ name }) => `model "${name}"`);
  if (sha256(bytes) !== finding.inputSha256) changed.push('its input');
  return {
    finding,
    judgement: await judge(finding, models, fitted(input, models, inputFile), runtime, file),
    changed,
  };
}

function fitted(input: Tensor, models: readonly OpenModel[], file: string): Float32Array {
  for (const model of models) {
    const expected = sizeOf(inputShape(model));
    if (input.dtype === 'float32' && input.data.length === expected) continue;
    throw new UserError('INVALID_FINDING', {
      where: file,
      problem: `holds ${input.data.length} elements of ${input.dtype}, but model "${model.name}" takes ${expected} of float32`,
      hint: 'the model or the file has changed since the finding was saved; run "marauder check" again',
    });
  }
  return (input as Tensor<'float32'>).data;
}

async function judge(
  finding: Finding,
  models: readonly OpenModel[],
  input: Float32Array,
  runtime: Runtime,
  file: string,
): Promise<Judgement> {
  const [first, second] = models;
  if (finding.kind === 'finite') return strangeValues(models, runtime, input);
  const hasTarget = finding.target !== null && first !== undefined && finding.target < classCount(first);
  if (finding.kind === 'robustness' && hasTarget) {
    return judgeRobustness(await runOne(first, input), finding.target);
  }
  if (finding.kind === 'agreement' && first !== undefined && second !== undefined) {
    return judgeAgreement(await runOne(first, input), await runOne(second, input), [first.name, second.name]);
  }
  throw new UserError('INVALID_FINDING', {
    where: file,
    problem: `a finding of kind ${finding.kind} lacks ${finding.kind === 'agreement' ? 'its second model' : 'a target class that the model has'}`,
    hint: 'give a folder that "marauder check" wrote below .marauder/findings',
  });
}

function describe(path: string, { finding, judgement, changed }: Outcome, { style }: Io): string {
  const mark = judgement.violated ? style.bad('✗ violated') : style.good('✓ holds now');
  const margin = judgement.margin === null ? '' : style.faint(` (margin ${judgement.margin.toPrecision(4)})`);
  const head = `${mark}  ${style.strong(finding.property)}  ${judgement.summary}${margin}  ${style.faint(path)}`;
  const notes = changed.map(
    (what) => `    ${style.warn('note:')} ${what} has changed since the finding was saved`,
  );
  return `${[head, ...notes].join('\n')}\n`;
}
