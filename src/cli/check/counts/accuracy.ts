import { judgeAccuracy } from '../../../policy/judge.js';
import type { AccuracyProperty } from '../../../policy/policy.js';
import { runOne } from '../models.js';
import type { SubjectContext } from '../subject.js';
import { type Counted, countedBy } from './count.js';
import { labelledRows } from './labelled.js';

/** The label of a row is among the topK greatest outputs, for at least a share of the rows. */
export async function accuracy(property: AccuracyProperty, context: SubjectContext): Promise<Counted> {
  const { topK, share } = property;
  const model = await context.resources.model(property.model);
  const { set, labels } = await labelledRows(property, model, context);
  const among = topK === 1 ? 'the greatest output' : `one of the ${topK} greatest outputs`;
  const subject = {
    property,
    models: [model],
    statement: { topK },
    set,
    linfEpsilon: 0,
    targets: labels,
    hasTarget: true,
  };
  return countedBy({
    subject,
    claim: `the label is ${among} for at least ${share} of the rows`,
    executionsPerRow: 1,
    judge: async (input, row) => judgeAccuracy(await runOne(model, input), labels[row] ?? 0, topK),
  });
}
