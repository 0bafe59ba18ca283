// A finding's property at an input: on the original models at batch size 1, which decides, and on many inputs at once, which
// finds candidates.
import { resolve } from 'node:path';
import { float32, int64, type Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { Finding } from '../../findings/finding.js';
import { judgeExpression } from '../../fuzz/objectives/expression/evaluate.js';
import { parseExpression } from '../../fuzz/objectives/expression/parse.js';
import { finite } from '../../fuzz/objectives/finite.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { type Judgement, judgeAgreement, judgeRobustness } from '../../policy/judge.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import { classCount, inputShape } from '../check/fit.js';
import { numbersOf, type OpenModel, runOne } from '../check/models.js';
import { strangeValues } from '../check/strange.js';
import { openBackends } from './backends.js';
import type { OpenFinding } from './open.js';

export type Judge = {
  /** At batch size 1. */
  one(input: Float32Array): Promise<Judgement>;
  /** @param inputs [rows, size], row after row; the result has one boolean per row */
  rows(inputs: Float32Array): Promise<boolean[]>;
};

/** @throws UserError INVALID_FINDING where the finding lacks what its kind needs */
export function judgeOf({ finding, models, folder }: OpenFinding, runtime: Runtime): Judge {
  const [first, second] = models;
  const { kind, target } = finding;
  if (kind === 'finite') return judgeStrange(models, runtime);
  if (kind === 'robustness' && first !== undefined && target !== null && target < classCount(first)) {
    return {
      one: async (input) => judgeRobustness(await runOne(first, input), target),
      rows: async (inputs) =>
        (await outputRows(first, inputs)).map((outputs) => judgeRobustness(outputs, target).violated),
    };
  }
  if (kind === 'agreement' && first !== undefined && second !== undefined) {
    const names = [first.name, second.name] as const;
    return {
      one: async (input) => judgeAgreement(await runOne(first, input), await runOne(second, input), names),
      rows: async (inputs) => {
        const [left, right] = [await outputRows(first, inputs), await outputRows(second, inputs)];
        return left.map((outputs, row) => judgeAgreement(outputs, right[row] ?? [], names).violated);
      },
    };
  }
  if (kind === 'expression' && first !== undefined && finding.expression !== null)
    return judgeAssertion(first, finding.expression, target ?? 0);
  if (kind === 'backend' && first !== undefined) return judgeBackends(first, runtime);
  throw lacking(kind, resolve(folder, 'input.npy'));
}

function judgeAssertion(model: OpenModel, text: string, label: number): Judge {
  const expression = parseExpression(text);
  const size = inputShape(model).reduce((product, dim) => product * dim, 1);
  return {
    one: async (x) => judgeExpression(expression, { x, y: await runOne(model, x), label }),
    rows: async (inputs) =>
      (await outputRows(model, inputs)).map(
        (y, row) =>
          judgeExpression(expression, { x: inputs.subarray(row * size, (row + 1) * size), y, label })
            .violated,
      ),
  };
}

function judgeBackends(model: OpenModel, runtime: Runtime): Judge {
  const opinion = lazily(() => openBackends(model, runtime));
  return {
    one: async (input) => (await opinion()).one(input),
    rows: async (inputs) => {
      const { differs } = await (await opinion()).judge(batchOf(model, inputs));
      return Array.from(differs, (bit) => bit === 1);
    },
  };
}

const lacking = (kind: Finding['kind'], where: string): UserError =>
  new UserError('INVALID_FINDING', {
    where,
    problem: `a finding of kind ${kind} lacks ${kind === 'agreement' ? 'its second model' : 'a target class that the model has'}`,
    hint: 'give a folder that "marauder check" wrote below .marauder/findings',
  });

/** First output of each row. */
async function outputRows(model: OpenModel, inputs: Float32Array): Promise<ArrayLike<number>[]> {
  const batch = batchOf(model, inputs);
  const outputs = numbersOf(await model.executable.run(batch));
  const count = batch.shape[0] ?? 0;
  const width = outputs.length / count;
  return Array.from({ length: count }, (_, row) => outputs.subarray(row * width, (row + 1) * width));
}

function batchOf(model: OpenModel, inputs: Float32Array): Tensor<'float32'> {
  const shape = inputShape(model);
  return float32(inputs, [inputs.length / shape.reduce((product, dim) => product * dim, 1), ...shape]);
}

/** Rows are judged by a program that watches all values, one by one where the model cannot be run on several. */
function judgeStrange(models: readonly OpenModel[], runtime: Runtime): Judge {
  const programs = models.map((model) => lazily(() => watcher(model, runtime)));
  return {
    one: (input) => strangeValues(models, runtime, input),
    rows: async (inputs) => {
      const strange = await Promise.all(programs.map(async (program) => (await program())(inputs)));
      return Array.from({ length: strange[0]?.length ?? 0 }, (_, row) => strange.some((rows) => rows[row]));
    },
  };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function watcher(
  model: OpenModel,
  runtime: Runtime,
): Promise<(inputs: Float32Array) => Promise<boolean[]>> {
  const batched = runsBatched(model.typed);
  const p = new Program();
  const x = p.input('x', 'float32', [batched ? 'batch' : 1, ...inputShape(model)]);
  // No class takes part in this objective.
  const { violated } = finite(model.typed)(p, x, p.constant(int64([0])));
  const session = await compile(p, { violated }, runtime);
  const judged = async (batch: Tensor<'float32'>): Promise<boolean[]> =>
    Array.from((await session.run({ x: batch })).violated?.data as Uint8Array, (bit) => bit === 1);
  return async (inputs) => {
    const batch = batchOf(model, inputs);
    if (batched) return judged(batch);
    const size = inputs.length / (batch.shape[0] ?? 1);
    const results: boolean[] = [];
    for (let at = 0; at < inputs.length; at += size)
      results.push(...(await judged(batchOf(model, inputs.subarray(at, at + size)))));
    return results;
  };
}
