import { provedShareInstance, provedShareName } from '../../../findings/proved-share.js';
import type { InstanceReport } from '../../../findings/report.js';
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
import type { LadderContext } from '../state.js';
import type { SubjectContext } from '../subject.js';
import { requireAlike } from '../subjects/alike.js';
import { type Counted, countedBy } from './count.js';
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
          name: provedShareName,
          decide: (own, ladder) => provedShares([model, baseline], near, own, proved, runtime, ladder),
        },
      }),
  });
}

function claimOf({ share, proved, baseline }: RegressionProperty): string {
  const kept = `at least ${share} of the rows are not lost: right with ${baseline}, and wrong with the new model`;
  if (proved === undefined) return kept;
  return `${kept}; and at most ${proved.drop} less of them are proved robust within ${proved.linfEpsilon} (linf)`;
}

async function provedShares(
  [model, baseline]: readonly [OpenModel, OpenModel],
  near: Labelled,
  own: readonly number[],
  proved: Proved,
  runtime: Runtime,
  { progress, signal }: LadderContext,
): Promise<InstanceReport> {
  progress('bounding both models');
  try {
    const now = await provedRows(model, near, own, runtime, signal);
    const before = await provedRows(baseline, near, own, runtime, signal);
    return provedShareInstance({ rows: own.length, before, now, ...proved });
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    const verdict = { kind: 'unknown', reason: 'unsupported-operator', detail: error.message } as const;
    return { instance: provedShareName, verdict, required: true };
  }
}

/** By interval bounds, which are those of a batch of all rows in every part of a run, and backward bounds where those leave it open. */
async function provedRows(
  { typed }: OpenModel,
  { set, labels }: Labelled,
  own: readonly number[],
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const first = await boundMargins(typed, set, labels, 'deployed', runtime);
  const open = own.filter((row) => !((first[row] ?? 0) > 0));
  const deadline = { expired: () => signal.aborted, interrupted: () => signal.aborted };
  const options = { arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline } as const;
  const second = await crownMargins(typed, set, labels, open, options, runtime);
  return own.length - open.length + second.filter((margin) => margin > 0).length;
}
