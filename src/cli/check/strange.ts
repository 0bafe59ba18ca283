// NaN and infinity anywhere in a model, at one input: watched for whatever the property is.
import { nodeValues } from '../../backends/node-values.js';
import { type Judgement, judgeFinite } from '../../policy/judge.js';
import type { Runtime } from '../../program/session.js';
import { batchOfOne, type OpenModel, runOne } from './models.js';

/** Node by node, so that the first value that is not finite is named; then as deployed, optimised. */
export async function strangeValues(
  models: readonly OpenModel[],
  runtime: Runtime,
  input: Float32Array,
): Promise<Judgement> {
  const values: [string, ArrayLike<number>][] = [];
  for (const model of models) {
    values.push(...(await nodeValues(model.typed, runtime, batchOfOne(model.typed, input))));
    values.push([`the output of the optimised model "${model.name}"`, await runOne(model, input)]);
  }
  return judgeFinite(values);
}
