// The campaign of one model: properties made of options, all judged at once on one input set.
import { resolve } from 'node:path';
import { greatestFinite } from '../../base/dtype.js';
import type { Limits } from '../../fuzz/limits.js';
import { composed } from '../../fuzz/objectives/index.js';
import type { SecondOpinion } from '../../fuzz/stages/second-opinion.js';
import { nonFinite } from '../../fuzz/target.js';
import type { Dataset } from '../../policy/dataset.js';
import type { Policy, Position } from '../../policy/policy.js';
import type { Runtime } from '../../program/session.js';
import { fitRows } from '../check/fit.js';
import { fuzzTarget } from '../check/fuzzing.js';
import { type OpenModel, openModel } from '../check/models.js';
import type { Backends } from '../findings/backends.js';
import type { DataOptions, FuzzCommandOptions, Io } from '../options.js';
import { chosenRows, loadRows } from '../rows.js';
import { shownFrom } from '../shown.js';
import { usageError } from '../values.js';
import type { Campaign } from './campaign.js';
import { withLayers } from './choices.js';
import { type Campaigns, instancesOf } from './from-policy.js';
import { type Asked, type ModelContext, objectivesFor, subjectOf } from './objectives.js';

export async function campaignsOfModel(
  file: string,
  options: FuzzCommandOptions,
  io: Io,
  runtime: Runtime,
): Promise<Campaigns> {
  const shown = shownFrom(io.cwd)(resolve(io.cwd, file));
  const model = await openModel({ name: 'model', file: shown }, runtime);
  const data = options.data && (await rowsOf(options.data, model));
  const range = rangeOf(options, data);
  const at: Position = { file: shown, line: 1, column: 1 };
  const inputs = { ranges: [range] };
  const policy: Policy = { version: 1, seed: 1, models: new Map(), inputs, data: new Map(), properties: [] };
  const linfEpsilon = options.linfEpsilon ?? (near(options) ? range[1] - range[0] : undefined);
  const name = nameOf(shown);
  const folder = resolve(io.cwd, options.outputDir, 'fuzz', name);
  const context: ModelContext = { model, data, policy, at, linfEpsilon, runtime, cwd: io.cwd, folder };
  const asked: Asked[] = [];
  for (const spec of objectivesFor(options.objectives, context)) asked.push(await subjectOf(spec, context));
  return { file: shown, seed: 1, campaigns: [campaignOf(name, asked, model, options, range)] };
}

function campaignOf(
  name: string,
  asked: readonly Asked[],
  model: OpenModel,
  options: FuzzCommandOptions,
  [least, most]: readonly [number, number],
): Campaign {
  const [first, ...others] = asked;
  if (first === undefined) throw new RangeError('a campaign without objectives');
  const { name: objective, subject } = first;
  // NaN and infinity are watched for in any case.
  const rest = others.filter((other) => other.name !== nonFinite && other.backends === undefined);
  const encodes = Object.fromEntries(rest.map((other) => [other.name, other.subject.encode]));
  const encode = rest.length === 0 ? subject.encode : composed(subject.encode, encodes);
  const limits: Limits = {
    ...(options.l2Epsilon !== undefined && { l2Epsilon: options.l2Epsilon }),
    ...(options.l0Count !== undefined && { l0Count: options.l0Count }),
    ...(options.deepHunter && { deepHunter: { ...options.deepHunter, range: most - least } }),
  };
  const opinions = asked.flatMap((one) =>
    one.backends === undefined ? [] : [opinionOf(one.name, one.backends)],
  );
  const whole = {
    ...fuzzTarget(subject),
    objective,
    encode,
    limits,
    open: instancesOf(subject),
    ...(opinions[0] && { opinion: opinions[0] }),
  };
  const target = options.layers === undefined ? whole : withLayers(whole, options.layers);
  const models = [...new Set([model, ...asked.flatMap((one) => one.subject.models)])];
  const objectives = new Map(asked.map((one) => [one.name, one.subject]));
  const close = async () => {
    for (const { backends } of asked) await backends?.close();
  };
  return { name, target, subject, objectives, models, close };
}

const opinionOf = (objective: string, { judge }: Backends): SecondOpinion => ({ objective, judge });

/** Of the folder of the campaign. */
const nameOf = (file: string): string =>
  (file.split('/').at(-1) ?? file).replace(/\.onnx$/, '').replace(/[^\w.-]+/g, '-') || 'model';

const near = ({ l2Epsilon, l0Count, deepHunter }: FuzzCommandOptions): boolean =>
  l2Epsilon !== undefined || l0Count !== undefined || deepHunter !== undefined;

export type ModelRows = { readonly dataset: Dataset; readonly firstRow: number; readonly file: string };

async function rowsOf(data: DataOptions, model: OpenModel): Promise<ModelRows> {
  const dataset = chosenRows('fuzz', await loadRows(data), data);
  const hint = 'name another array or other columns with --inputs, or another model';
  return {
    dataset: fitRows({ dataset, file: data.file }, model, hint),
    firstRow: data.rows?.from ?? 0,
    file: data.file,
  };
}

/** What the user says, or the least and greatest value in the rows. */
function rangeOf({ range }: FuzzCommandOptions, data: ModelRows | undefined): readonly [number, number] {
  const values = data?.dataset.inputs.data ?? new Float32Array();
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
  if (range !== undefined) {
    const given: readonly [number, number] = [Math.fround(range[0]), Math.fround(range[1])];
    if (!(least < given[0] || most > given[1])) return given;
    const hint = 'correct --scale, or widen --range';
    throw usageError('fuzz', `the rows have values from ${least} to ${most}, beyond --range`, hint);
  }
  if (data === undefined) {
    const hint = 'give rows to start from with --data FILE, or --range MIN:MAX for every element';
    throw usageError('fuzz', 'which inputs?', hint);
  }
  return Math.abs(least) <= greatestFinite.float32 && least < most ? [least, most] : oneValue(data.file);
}

function oneValue(file: string): never {
  throw usageError('fuzz', `the rows in ${file} have no range of values`, 'give --range MIN:MAX');
}
