// A finding's property at an input: on the original models at batch size 1, which decides, and on many inputs at once, which
// finds candidates.
import { resolve } from 'node:path';
import { float32, int64, type Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { AskedOf, Finding } from '../../findings/finding.js';
import type { Statement } from '../../findings/statement.js';
import { finite } from '../../fuzz/objectives/finite.js';
import { runsBatched } from '../../ops/runs-batched.js';
import { type Ball, isInBall } from '../../policy/ball.js';
import type { Demand } from '../../policy/demand.js';
import { judgeExpression } from '../../policy/expression/evaluate.js';
import { parseExpression, printedLimits } from '../../policy/expression/parse.js';
import { plainVocabulary } from '../../policy/expression/vocabulary.js';
import {
  type Judgement,
  judgeAccuracy,
  judgeAgreement,
  judgeRegression,
  judgeRobustness,
  judgeTolerance,
  outsideOf,
} from '../../policy/judge.js';
import { judgePair, type PairKind } from '../../policy/judge-pairs.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime } from '../../program/session.js';
import { judgeDisjuncts, unsafeOf } from '../check/assertions/disjuncts.js';
import { classCount, inputShape } from '../check/fit.js';
import { numbersOf, type OpenModel, runOne } from '../check/models.js';
import { strangeValues } from '../check/strange.js';
import { openBackends } from './backends.js';
import type { OpenFinding } from './open.js';
import { isPerturbed, type Origin } from './perturbed.js';

export type Judge = {
  /** At batch size 1. */
  one(input: Float32Array): Promise<Judgement>;
  /** @param inputs [rows, size], row after row; the result has one boolean per row */
  rows(inputs: Float32Array): Promise<boolean[]>;
};

/** @throws UserError INVALID_FINDING where the finding lacks what its kind needs */
export function judgeOf(
  { finding, models, folder, other, seed, source }: OpenFinding,
  runtime: Runtime,
): Judge {
  const [first] = models;
  const { kind, target } = finding;
  if (kind === 'finite') return judgeStrange(models, runtime, other);
  if (kind === 'monotonic' || kind === 'fairness' || kind === 'lipschitz') {
    const pair = first && judgeOfPair(first, kind, finding.statement, other);
    if (pair !== undefined) return pair;
  }
  if (kind === 'robustness' && first !== undefined && target !== null && target < classCount(first))
    return judgeClasses(first, finding, target, seed);
  if (kind === 'perturbation' && first !== undefined && target !== null && target < classCount(first))
    return judgePerturbed(first, finding, target, seed && { seed, source: source ?? seed });
  const compared = judgeCompared(models, finding);
  if (compared !== undefined) return compared;
  if (kind === 'expression' && first !== undefined && finding.expression !== null)
    return judgeAssertion(first, finding.expression, target ?? 0);
  if (kind === 'vnnlib' && first !== undefined && finding.propertyFile !== null)
    return judgeFile(first, resolve(folder, finding.propertyFile.file));
  if (kind === 'backend' && first !== undefined) return judgeBackends(first, runtime);
  throw lacking(kind, resolve(folder, 'input.npy'));
}

/** What two models give, or what rows with labels are counted by; undefined for other kinds, and where something is missing. */
function judgeCompared([first, second]: readonly OpenModel[], finding: Finding): Judge | undefined {
  const { kind, target } = finding;
  if (kind === 'agreement' && first !== undefined && second !== undefined) {
    const names = [first.name, second.name] as const;
    const tolerance = finding.statement?.tolerance;
    const judged = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      tolerance === undefined ? judgeAgreement(a, b, names) : judgeTolerance(a, b, tolerance, names);
    return {
      one: async (input) => judged(await runOne(first, input), await runOne(second, input)),
      rows: async (inputs) => {
        const [left, right] = [await outputRows(first, inputs), await outputRows(second, inputs)];
        return left.map((outputs, row) => judged(outputs, right[row] ?? []).violated);
      },
    };
  }
  if (kind === 'accuracy' && first !== undefined && target !== null && target < classCount(first)) {
    const topK = finding.statement?.topK ?? 1;
    return {
      one: async (input) => judgeAccuracy(await runOne(first, input), target, topK),
      rows: async (inputs) =>
        (await outputRows(first, inputs)).map((outputs) => judgeAccuracy(outputs, target, topK).violated),
    };
  }
  if (kind === 'regression' && first !== undefined && second !== undefined && target !== null) {
    const names = [first.name, second.name] as const;
    return {
      one: async (input) =>
        judgeRegression(await runOne(first, input), await runOne(second, input), target, names),
      rows: async (inputs) => {
        const [now, before] = [await outputRows(first, inputs), await outputRows(second, inputs)];
        return now.map((outputs, row) => judgeRegression(outputs, before[row] ?? [], target, names).violated);
      },
    };
  }
  return undefined;
}

/** The second input stays as it is. */
function judgeOfPair(
  model: OpenModel,
  kind: PairKind,
  statement: Statement | null,
  other: Float32Array | undefined,
): Judge | undefined {
  if (statement === null || other === undefined) return undefined;
  const judged = (input: Float32Array, a: ArrayLike<number>, b: ArrayLike<number>) =>
    judgePair(kind, statement, [input, other], [a, b]);
  // Whether anything is missing does not depend on the inputs.
  if (judged(other, [0], [0]) === undefined) return undefined;
  const one = async (input: Float32Array): Promise<Judgement> =>
    judged(input, await runOne(model, input), await runOne(model, other)) ?? nothing;
  const size = other.length;
  return {
    one,
    rows: async (inputs) => {
      const results: boolean[] = [];
      for (let from = 0; from < inputs.length; from += size)
        results.push((await one(inputs.subarray(from, from + size))).violated);
      return results;
    },
  };
}

/** Inputs outside of the ball around the seed violate nothing. */
function judgeClasses(
  model: OpenModel,
  finding: Finding,
  own: number,
  seed: Float32Array | undefined,
): Judge {
  const demand = demandOf(finding);
  const ball = ballOf(finding);
  const isOutside = (input: Float32Array) =>
    ball !== undefined && (seed === undefined || !isInBall(input, seed, ball));
  return {
    one: async (input) =>
      isOutside(input)
        ? outsideOf('the set around its seed')
        : judgeRobustness(await runOne(model, input), own, demand),
    rows: async (inputs) => {
      const outputs = await outputRows(model, inputs);
      const size = inputs.length / outputs.length;
      return outputs.map(
        (scores, row) =>
          judgeRobustness(scores, own, demand).violated &&
          !isOutside(inputs.subarray(row * size, (row + 1) * size)),
      );
    },
  };
}

const nothing: Judgement = { violated: false, margin: null, summary: 'nothing is asked' };

/** Any other image than that of the finding's parameters says nothing about the property. */
function judgePerturbed(model: OpenModel, finding: Finding, own: number, origin: Origin | undefined): Judge {
  const { perturbation } = finding;
  const isIt = (input: Float32Array) =>
    origin !== undefined && perturbation !== undefined && isPerturbed(input, origin, finding, perturbation);
  const one = async (input: Float32Array) =>
    isIt(input)
      ? judgeRobustness(await runOne(model, input), own)
      : outsideOf('the transformed images of its seed');
  return {
    one,
    rows: async (inputs) => {
      const size = inputShape(model).reduce((product, dim) => product * dim, 1);
      const judgements: boolean[] = [];
      for (let from = 0; from < inputs.length; from += size)
        judgements.push((await one(inputs.subarray(from, from + size))).violated);
      return judgements;
    },
  };
}

const demandOf = ({ topK = 1, targets }: AskedOf): Demand =>
  targets === undefined ? { kind: 'wins', rank: topK } : { kind: 'loses', targets };

function ballOf({ l2Epsilon, l1Epsilon }: AskedOf): Ball | undefined {
  if (l2Epsilon !== undefined) return { norm: 'l2', epsilon: l2Epsilon };
  return l1Epsilon === undefined ? undefined : { norm: 'l1', epsilon: l1Epsilon };
}

function judgeAssertion(model: OpenModel, text: string, label: number): Judge {
  const expression = parseExpression(text, plainVocabulary, printedLimits);
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

function judgeFile(model: OpenModel, file: string): Judge {
  const unsafe = lazily(() => unsafeOf(file, model));
  const size = inputShape(model).reduce((product, dim) => product * dim, 1);
  return {
    one: async (x) => judgeDisjuncts(await unsafe(), x, await runOne(model, x)),
    rows: async (inputs) => {
      const known = await unsafe();
      const outputs = await outputRows(model, inputs);
      return outputs.map(
        (y, row) => judgeDisjuncts(known, inputs.subarray(row * size, (row + 1) * size), y).violated,
      );
    },
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

const lackedBy: Partial<Record<Finding['kind'], string>> = {
  agreement: 'its second model',
  regression: 'its second model, or its label',
  monotonic: 'its second input, or what is asked',
  fairness: 'its second input, or what is asked',
  lipschitz: 'its second input, or what is asked',
  expression: 'its expression',
  vnnlib: 'its property file',
};

const lacking = (kind: Finding['kind'], where: string): UserError =>
  new UserError('INVALID_FINDING', {
    where,
    problem: `a finding of kind ${kind} lacks ${lackedBy[kind] ?? 'a target class that the model has'}`,
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

/**
 * Rows are judged by a program that watches all values, one by one where the model cannot be run on several.
 * @param other of two inputs the second, which may be the strange one
 */
function judgeStrange(
  models: readonly OpenModel[],
  runtime: Runtime,
  other: Float32Array | undefined,
): Judge {
  const programs = models.map((model) => lazily(() => watcher(model, runtime)));
  return {
    one: async (input) => {
      const judgement = await strangeValues(models, runtime, input);
      return judgement.violated || other === undefined ? judgement : strangeValues(models, runtime, other);
    },
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
