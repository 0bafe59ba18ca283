// Policy text -> Policy: read the YAML, check its shape, check its sense, fill in defaults, resolve paths.
import { dirname, resolve } from 'node:path';
import { checkPolicy } from './checks.js';
import { formatOf, isOneArray } from './data/format.js';
import { toGate } from './kinds/gate.js';
import { type PropertyText, toProperty as readProperty } from './kinds/index.js';
import type { Surroundings } from './kinds/kind.js';
import type { Budget, DataRef, InputRange, ModelRef, Policy, Property } from './policy.js';
import { policyError } from './position.js';
import { type PolicyText, policyText } from './schema.js';
import { readText, type SourceText } from './text.js';
import { issuesOf } from './zod-issues.js';

/**
 * @param text YAML or JSON
 * @param file where it comes from: for messages as it stands, and relative paths resolve against its folder
 * @throws UserError INVALID_POLICY that lists every problem with its line and column
 */
export function parsePolicy(text: string, file: string): Policy {
  const { policy, source } = checkedText(text, file);
  return toPolicy(policy, source, dirname(file));
}

/** As it is written, but with every default filled in, the budget of each property among them. @throws as `parsePolicy` */
export function completedText(text: string, file: string): PolicyText {
  const { policy } = checkedText(text, file);
  const properties = policy.properties.map((property) => ({
    ...property,
    ...(isSearched(property) && { budget: { ...policy.budget, ...property.budget } }),
  }));
  return { ...policy, properties };
}

function checkedText(text: string, file: string): { policy: PolicyText; source: SourceText } {
  const source = readText(text, file);
  const parsed = policyText.safeParse(source.value);
  const issues = parsed.success ? checkPolicy(parsed.data, source) : issuesOf(parsed.error, source);
  const [first, ...others] = issues;
  if (first !== undefined) throw policyError([first, ...others]);
  if (!parsed.success)
    throw new Error('zod refused a policy without naming an issue', { cause: parsed.error });
  return { policy: parsed.data, source };
}

function toPolicy(policy: PolicyText, source: SourceText, folder: string): Policy {
  return {
    version: policy.version,
    seed: policy.seed,
    models: toModels(policy.models, source, folder),
    inputs: toInputs(policy.inputs),
    data: toData(policy.data, source, folder),
    properties: policy.properties.map((property, index) =>
      toProperty(property, policy, { sources: policy, source, path: ['properties', index], folder }),
    ),
  };
}

function toModels(models: PolicyText['models'], source: SourceText, folder: string): Map<string, ModelRef> {
  const entries = Object.entries(models).map(([name, model]): [string, ModelRef] => {
    const { file, preprocess, outputs } = typeof model === 'string' ? { file: model } : model;
    const at = source.at(typeof model === 'string' ? ['models', name] : ['models', name, 'file']);
    const named = outputs && { names: outputs, at: source.at(['models', name, 'outputs']) };
    const steps = preprocess && {
      steps: preprocess,
      at: source.at(['models', name, 'preprocess']),
    };
    return [name, { name, file: resolve(folder, file), at, outputs: named, preprocess: steps }];
  });
  return new Map(entries);
}

/** To float32, so that a row of data may lie on a bound: float32 0.2 exceeds 0.2. */
function toInputs({ range, ranges, names }: PolicyText['inputs']): InputRange {
  const given = ranges ?? (range === undefined ? [] : [range]);
  const rounded = given.map(([lower, upper]) => [Math.fround(lower), Math.fround(upper)] as const);
  return { ranges: rounded, ...(names && { names }) };
}

function toData(data: PolicyText['data'], source: SourceText, folder: string): Map<string, DataRef> {
  const entries = Object.entries(data).map(([name, { file, inputs, labels, scale }]): [string, DataRef] => [
    name,
    {
      name,
      file: resolve(folder, file),
      at: source.at(['data', name, 'file']),
      inputs: typeof inputs === 'string' ? [inputs] : inputs,
      labels: toLabels(file, labels, folder),
      scale,
    },
  ]);
  return new Map(entries);
}

/** A name, or the path of a file where the data set's own can hold no second array. */
const toLabels = (file: string, labels: string | undefined, folder: string): string | undefined =>
  labels !== undefined && isOneArray(formatOf(file)) ? resolve(folder, labels) : labels;

const isSearched = (text: PropertyText): text is Extract<PropertyText, { share: number }> => 'share' in text;

type Shared = Pick<Extract<PropertyText, { share: number }>, 'share' | 'unchecked' | 'budget'>;

const countedAll: Shared = { share: 1, unchecked: 'allowed', budget: undefined };

function toProperty(text: PropertyText, { budget }: PolicyText, around: Surroundings): Property {
  const { name, expect } = text;
  const { source, path } = around;
  // What is counted is not searched for, and says by itself which share of it has to be right.
  const { share, unchecked, budget: own }: Shared = isSearched(text) ? text : countedAll;
  const common = {
    name,
    expect,
    share,
    ...toGate(text, source, path),
    unchecked,
    budget: toBudget(own, budget),
    at: source.at(path),
  };
  return readProperty(text, common, around);
}

const toBudget = (own: Shared['budget'], common: Budget): Budget => ({
  executions: own?.executions ?? common.executions,
  seconds: own?.seconds ?? common.seconds,
});
