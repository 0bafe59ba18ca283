// What `--objective` asks for, as subjects of a model: each as a property of a policy would be.
import { resolve } from 'node:path';
import type { ObjectiveSpec } from '../../fuzz/objectives/parse.js';
import { parseObjective } from '../../fuzz/objectives/parse.js';
import type { Policy, Position } from '../../policy/policy.js';
import type { Runtime } from '../../program/session.js';
import { type OpenModel, openModel } from '../check/models.js';
import type { Resources } from '../check/resources.js';
import type { Subject } from '../check/subject.js';
import { createSubject } from '../check/subjects/index.js';
import { shownFrom } from '../shown.js';
import { usageError } from '../values.js';
import type { ModelRows } from './from-model.js';

export type ModelContext = {
  readonly model: OpenModel;
  readonly data: ModelRows | undefined;
  readonly policy: Policy;
  readonly at: Position;
  /** undefined: the whole range. */
  readonly linfEpsilon: number | undefined;
  readonly runtime: Runtime;
  readonly cwd: string;
};

/** The main one first. Without the option: other classes near the rows where there are rows and a distance, else NaN and infinity. */
export function objectivesFor(text: string | undefined, context: ModelContext): ObjectiveSpec[] {
  if (text !== undefined) return split(text).map((one) => parseObjective(one));
  const isNear = context.data !== undefined && context.linfEpsilon !== undefined;
  return [parseObjective(isNear ? 'robustness' : 'finite')];
}

/** At commas, up to an expression, which may have commas of its own. */
function split(text: string): string[] {
  const at = text.search(/(^|,)\s*expression:/);
  const before = at < 0 ? text : text.slice(0, at);
  const expression = at < 0 ? [] : [text.slice(at).replace(/^,\s*/, '')];
  return [...before.split(',').filter((part) => part.trim() !== ''), ...expression];
}

const budget = { executions: Number.MAX_SAFE_INTEGER, seconds: Number.MAX_SAFE_INTEGER };

export async function subjectOf(
  spec: ObjectiveSpec,
  context: ModelContext,
): Promise<{ readonly name: string; readonly subject: Subject }> {
  const { policy, at, runtime, linfEpsilon, data } = context;
  const around = { data: 'data', rows: undefined };
  const common = { expect: 'tested', share: 1, budget, at } as const;
  const make = (property: Policy['properties'][number], other?: OpenModel) =>
    createSubject(property, { policy, resources: resourcesOf(context, other), runtime });
  switch (spec.kind) {
    case 'finite':
      return {
        name: 'finite',
        subject: await make({
          ...common,
          name: 'finite',
          kind: 'finite',
          model: 'model',
          around: data && around,
          linfEpsilon,
        }),
      };
    case 'robustness':
      requireRows(context, 'robustness');
      return {
        name: 'robustness',
        subject: await make({
          ...common,
          name: 'robustness',
          kind: 'robustness',
          model: 'model',
          around,
          linfEpsilon: linfEpsilon ?? width(policy),
          class: data?.dataset.labels === undefined ? 'predicted' : 'label',
        }),
      };
    case 'agreement':
    case 'precision': {
      const name = spec.kind === 'precision' ? `precision-${spec.precision}` : 'agreement';
      requireRows(context, name);
      const other = await otherModel(spec, context);
      return {
        name,
        subject: await make(
          {
            ...common,
            name,
            kind: 'agreement',
            models: ['model', 'other'],
            around,
            linfEpsilon: linfEpsilon ?? width(policy),
          },
          other,
        ),
      };
    }
    default:
      throw usageError('fuzz', `--objective ${JSON.stringify(spec)} cannot be searched here`);
  }
}

const width = ({ inputs: { ranges } }: Policy): number => (ranges[0]?.[1] ?? 0) - (ranges[0]?.[0] ?? 0);

function requireRows({ data }: ModelContext, name: string): void {
  if (data !== undefined) return;
  throw usageError('fuzz', `objective ${name} needs rows to start from`, 'give --data FILE');
}

function otherModel(
  spec: Extract<ObjectiveSpec, { kind: 'agreement' | 'precision' }>,
  { model, cwd, runtime }: ModelContext,
): Promise<OpenModel> {
  if (spec.kind === 'precision') throw usageError('fuzz', `precision ${model.file} is not there yet`);
  const file = shownFrom(cwd)(resolve(cwd, spec.file));
  return openModel({ name: 'other', file }, runtime);
}

/** One or two models under the names that the properties use. */
function resourcesOf({ model, data }: ModelContext, other: OpenModel | undefined): Resources {
  return {
    model: async (name) => (name === 'other' && other !== undefined ? other : model),
    rows: async () => {
      if (data === undefined) throw new RangeError('no rows');
      return data;
    },
    opened: async () => ({ models: [], data: [] }),
  };
}
