// What `--objective` asks for, as subjects of a model: each as a property of a policy would be.
import { resolve } from 'node:path';
import { expression } from '../../fuzz/objectives/expression.js';
import type { ObjectiveSpec } from '../../fuzz/objectives/parse.js';
import { parseObjective } from '../../fuzz/objectives/parse.js';
import { wins } from '../../policy/demand.js';
import { judgeExpression } from '../../policy/expression/evaluate.js';
import { parseExpression } from '../../policy/expression/parse.js';
import type { Policy, Position, Property } from '../../policy/policy.js';
import type { Runtime } from '../../program/session.js';
import { type OpenModel, openModel, runOne } from '../check/models.js';
import type { Resources } from '../check/resources.js';
import type { Subject } from '../check/subject.js';
import { createSubject } from '../check/subjects/index.js';
import { predicted } from '../check/subjects/predicted.js';
import { type Backends, openBackends } from '../findings/backends.js';
import { shownFrom } from '../shown.js';
import { usageError } from '../values.js';
import type { ModelRows } from './from-model.js';
import { writeQuantised } from './quantised.js';

export type ModelContext = {
  readonly model: OpenModel;
  readonly data: ModelRows | undefined;
  readonly policy: Policy;
  readonly at: Position;
  /** undefined: the whole range. */
  readonly linfEpsilon: number | undefined;
  readonly runtime: Runtime;
  readonly cwd: string;
  /** Of the campaign, absolute: what is derived from the model is written there. */
  readonly folder: string;
};

/** The main one first. Without the option: other classes near the rows where there are rows and a distance, else NaN and infinity. */
export function objectivesFor(text: string | undefined, context: ModelContext): ObjectiveSpec[] {
  const asked = text === undefined ? [] : split(text).map((one) => parseObjective(one));
  // A second backend is asked in a stage of its own, so something else comes first.
  if (asked.some(({ kind }) => kind !== 'backend')) return asked.sort(backendsLast);
  if (asked.length > 0) return [parseObjective('finite'), ...asked];
  const isNear = context.data !== undefined && context.linfEpsilon !== undefined;
  return [parseObjective(isNear ? 'robustness' : 'finite')];
}

const backendsLast = (a: ObjectiveSpec, b: ObjectiveSpec): number =>
  Number(a.kind === 'backend') - Number(b.kind === 'backend');

/** At commas, up to an expression, which may have commas of its own. */
function split(text: string): string[] {
  const at = text.search(/(^|,)\s*expression:/);
  const before = at < 0 ? text : text.slice(0, at);
  const expression = at < 0 ? [] : [text.slice(at).replace(/^,\s*/, '')];
  return [...before.split(',').filter((part) => part.trim() !== ''), ...expression];
}

const budget = { executions: Number.MAX_SAFE_INTEGER, seconds: Number.MAX_SAFE_INTEGER };

/** A subject, and what it runs besides ONNX Runtime. */
export type Asked = {
  readonly name: string;
  readonly subject: Subject;
  readonly backends?: Backends;
};

export async function subjectOf(spec: ObjectiveSpec, context: ModelContext): Promise<Asked> {
  switch (spec.kind) {
    case 'finite':
      return { name: 'finite', subject: await finiteSubject('finite', context) };
    case 'robustness':
      return { name: 'robustness', subject: await robustnessSubject(context) };
    case 'agreement':
    case 'precision':
      return agreementSubject(spec, context);
    case 'expression':
      return { name: 'expression', subject: await expressionSubject(spec.text, context) };
    case 'backend':
      return backendSubject(context);
  }
}

const gate = {
  expect: 'tested',
  share: 1,
  severity: 'error',
  unknownPasses: false,
  unchecked: 'allowed',
  coverageFloors: [],
} as const;
const common = ({ at }: ModelContext) => ({ ...gate, budget, at });
const around = { data: 'data', rows: undefined };

function make(property: Property, context: ModelContext, other?: OpenModel): Promise<Subject> {
  const { policy, runtime } = context;
  return createSubject(property, { policy, resources: resourcesOf(context, other), runtime });
}

const finiteSubject = (name: string, context: ModelContext): Promise<Subject> =>
  make(
    {
      ...common(context),
      name,
      kind: 'finite',
      model: 'model',
      around: context.data && around,
      linfEpsilon: context.linfEpsilon,
    },
    context,
  );

function robustnessSubject(context: ModelContext): Promise<Subject> {
  requireRows(context, 'robustness');
  const { data, linfEpsilon = width(context.policy) } = context;
  const reference = data?.dataset.labels === undefined ? 'predicted' : 'label';
  return make(
    {
      ...common(context),
      name: 'robustness',
      kind: 'robustness',
      model: 'model',
      around,
      ball: { norm: 'linf', epsilon: linfEpsilon },
      demand: wins,
      class: reference,
    },
    context,
  );
}

async function agreementSubject(spec: TwoModels, context: ModelContext): Promise<Asked> {
  const name = spec.kind === 'precision' ? `precision-${spec.precision}` : 'agreement';
  requireRows(context, name);
  const { linfEpsilon = width(context.policy) } = context;
  const models = ['model', 'other'] as const;
  const other = await otherModel(spec, context);
  const property = { ...common(context), name, kind: 'agreement', models, around, linfEpsilon } as const;
  return { name, subject: await make(property, context, other) };
}

/** The inputs of a property about finiteness, with another question. */
async function expressionSubject(text: string, context: ModelContext): Promise<Subject> {
  const { model, data } = context;
  const written = parseExpression(text);
  const base = await finiteSubject('expression', context);
  const labels = data && (data.dataset.labels ?? (await predicted(data.dataset, model)));
  // One box for all inputs has no class of its own.
  const perRow = base.targets.length === labels?.length;
  const targets = perRow && labels !== undefined ? labels : base.targets;
  return {
    ...base,
    judgedAs: 'expression',
    expression: text,
    claim: text,
    targets,
    hasTarget: true,
    encode: expression(model.typed, written),
    hasMargin: true,
    replay: async (x, instance) =>
      judgeExpression(written, { x, y: await runOne(model, x), label: targets[instance] ?? 0 }),
  };
}

async function backendSubject(context: ModelContext): Promise<Asked> {
  const backends = await openBackends(context.model, context.runtime);
  const base = await finiteSubject('backend-gpu', context);
  const claim = `ONNX Runtime and ${backends.words} agree within what rounding explains`;
  const subject: Subject = { ...base, judgedAs: 'backend', claim, replay: (input) => backends.one(input) };
  return { name: 'backend-gpu', subject, backends };
}

const width = ({ inputs: { ranges } }: Policy): number => (ranges[0]?.[1] ?? 0) - (ranges[0]?.[0] ?? 0);

function requireRows({ data }: ModelContext, name: string): void {
  if (data !== undefined) return;
  throw usageError('fuzz', `objective ${name} needs rows to start from`, 'give --data FILE');
}

type TwoModels = Extract<ObjectiveSpec, { kind: 'agreement' | 'precision' }>;

async function otherModel(spec: TwoModels, context: ModelContext): Promise<OpenModel> {
  const { model, cwd, runtime } = context;
  if (spec.kind === 'precision' && spec.precision === 'float16')
    return openModel({ name: spec.precision, file: model.file, derived: spec.precision }, runtime);
  const path = spec.kind === 'precision' ? await int8File(context) : resolve(cwd, spec.file);
  const name = spec.kind === 'precision' ? spec.precision : 'other';
  return openModel({ name, file: shownFrom(cwd)(path) }, runtime);
}

function int8File({ model: { file }, data, folder, runtime }: ModelContext): Promise<string> {
  if (data === undefined) throw new RangeError('no rows to calibrate on');
  return writeQuantised({ file, rows: data.dataset, folder }, runtime);
}

/** One or two models under the names that the properties use. */
function resourcesOf({ model, data }: ModelContext, other: OpenModel | undefined): Resources {
  return {
    derived: async () => {
      if (other === undefined) throw new RangeError('no other model');
      return other;
    },
    model: async (name) => (name === 'other' && other !== undefined ? other : model),
    rows: async () => {
      if (data === undefined) throw new RangeError('no rows');
      return data;
    },
    shown: (file) => file,
    opened: async () => ({ models: [], data: [] }),
  };
}
