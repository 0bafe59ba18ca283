// Judging given inputs: seeds, and whatever a stage made outside of the mutating programs.
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import { vector } from '../batches.js';
import type { FuzzTarget } from '../target.js';
import { inParts } from './parts.js';
import { inputsOf } from './screen.js';
import { type Screened, screened, screenOutputs, signalsOf } from './screened.js';

export type JudgeProgram = {
  /** Names of the objectives, the main one first. */
  readonly signals: readonly string[];
  /** Whether each says how near an input is to a violation. */
  readonly guided: readonly boolean[];
  /** @param inputs [rows, ...input] @param targets reference class per row */
  judge(inputs: Float32Array, targets: Int32Array): Promise<Screened[]>;
};

/** Rows per call; a result per call. */
export const rowsPerJudgement = 512;

export async function judgeProgram(fuzzed: FuzzTarget, runtime: Runtime): Promise<JudgeProgram> {
  const p = new Program();
  const batch = fuzzed.batched ? 'batch' : 1;
  const x = p.input('x', 'float32', [batch, ...fuzzed.set.shape]);
  const target = p.input('target', 'int32', [batch]);
  const encoding = fuzzed.encode(p, x, p.cast(target, 'int64'));
  const signals = signalsOf(encoding, fuzzed).map(([name]) => name);
  const outputs = screenOutputs(p, encoding, fuzzed);
  const session = await compile(p, outputs, runtime);
  const { size } = fuzzed.set;
  return {
    signals,
    guided: signals.map((_, at) => outputs[`guide${at}`] !== undefined),
    judge: (inputs, targets) =>
      inParts(targets.length, fuzzed.batched ? rowsPerJudgement : 1, async (from, to) => {
        const part = inputs.subarray(from * size, to * size);
        const feeds = { x: inputsOf(part, fuzzed), target: vector(targets.subarray(from, to)) };
        return screened(await session.run(feeds), signals.length, 0);
      }),
  };
}
