import { noDeadline } from '../../../base/deadline.js';
import type { Verdict } from '../../../findings/verdict.js';
import { Unbounded } from '../../../ops/operator.js';
import { judgeRegression } from '../../../policy/judge.js';
import type { RegressionProperty } from '../../../policy/policy.js';
import type { Runtime } from '../../../program/session.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { boundMargins } from '../../../verify/ibp.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { requireClasses } from '../fit.js';
import type { OpenModel } from '../models.js';
import { runOne } from '../models.js';
import type { SubjectContext } from '../subject.js';
import { requireAlike } from '../subjects/alike.js';
import { type Counted, countedBy, ranRight } from './count.js';
import { type Labelled, labelledRows } from './labelled.js';

type Proved = NonNullable<RegressionProperty['proved']>;

/** Rows are not lost: right with the baseline, and wrong with the model. */
export async function regression(property: RegressionProperty, context: SubjectContext): Promise<Counted> {
  const { resources, runtime } = context;
  const [model, baseline] = [await resources.model(property.model), await resources.model(property.baseline)];
  for (const each of [model, baseline]) requireClasses(each, property);
  requireAlike(model, baseline, property);
  const rows = await labelledRows(property, model, context);
  const { set, labels } = rows;
  const { proved } = property;
  const names = [model.name, baseline.name] as const;
  const subject = {
    property,
    models: [model, baseline],
    set,
    linfEpsilon: 0,
    targets: labels,
    hasTarget: true,
  };
  const near = proved && (await labelledRows(property, model, context, proved.linfEpsilon));
  return countedBy({
    subject,
    claim: claimOf(property),
    executionsPerRow: 2,
    judge: async (input, row) =>
      judgeRegression(await runOne(model, input), await runOne(baseline, input), labels[row] ?? 0, names),
    ...(proved &&
      near && {
        further: {
          name: 'proved share',
          decide: async ({ progress }) => {
            progress('bounding both models');
            return provedShares([model, baseline], near, proved, runtime);
          },
        },
      }),
  });
}

function claimOf({ share, proved, baseline }: RegressionProperty): string {
  const kept = `at least ${share} of the rows are not lost: right with ${baseline}, and wrong with the new model`;
  if (proved === undefined) return kept;
  return `${kept}; and at most ${proved.drop} less of them are proved robust within ${proved.linfEpsilon} (linf)`;
}

/** Counted as bounds have it, which is no witness of anything where they fall. */
async function provedShares(
  [model, baseline]: readonly [OpenModel, OpenModel],
  rows: Labelled,
  { drop, linfEpsilon }: Proved,
  runtime: Runtime,
): Promise<Verdict> {
  try {
    const [now, before] = [
      await provedShare(model, rows, runtime),
      await provedShare(baseline, rows, runtime),
    ];
    // Of a number of rows: shares themselves round.
    if (before.proved - now.proved <= drop * now.rows) return ranRight(null);
    const shares = `from ${before.proved} to ${now.proved} of ${now.rows}`;
    const detail = `rows proved robust within ${linfEpsilon} (linf) fell ${shares}, by more than ${drop} of them`;
    return { kind: 'unknown', reason: 'loose-bounds', detail };
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    return { kind: 'unknown', reason: 'unsupported-operator', detail: error.message };
  }
}

/** By interval bounds, and backward bounds where those leave it open. */
async function provedShare({ typed }: OpenModel, { set, labels }: Labelled, runtime: Runtime) {
  const first = await boundMargins(typed, set, labels, 'deployed', runtime);
  const open = Array.from(first.keys()).filter((row) => !((first[row] ?? 0) > 0));
  const options = { arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline: noDeadline } as const;
  const second = await crownMargins(typed, set, labels, open, options, runtime);
  return {
    rows: first.length,
    proved: first.length - open.length + second.filter((margin) => margin > 0).length,
  };
}
