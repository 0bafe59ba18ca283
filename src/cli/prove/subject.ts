// What is proved: the networks of a property on their files, as one problem.
import { basename, resolve } from 'node:path';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Runtime } from '../../program/session.js';
import type { Problem } from '../../verify/decide.js';
import { jointProblem } from '../../verify/joint/problem.js';
import { type OpenModel, openModel, runOne } from '../check/models.js';
import type { ProveOptions } from '../options.js';
import { type Assigned, assignFiles } from './assign.js';
import { requireFit } from './fit.js';

export type SubjectNetwork = Assigned & { readonly model: OpenModel };

export type Subject = {
  /** In the order of declaration. */
  readonly networks: readonly [SubjectNetwork, ...SubjectNetwork[]];
  readonly problem: Problem;
};

/** @throws UserError where files are missing, do not fit the property, or cannot be joined */
export async function openSubject(
  property: VnnlibProperty,
  options: ProveOptions,
  cwd: string,
  runtime: Runtime,
): Promise<Subject> {
  const [first, ...others] = assignFiles(property, options, cwd);
  const opened = new Map<string, OpenModel>();
  const open = async (assigned: Assigned): Promise<SubjectNetwork> => {
    const { file } = assigned;
    const path = resolve(cwd, file);
    const model = opened.get(path) ?? (await openModel({ name: basename(file), file }, runtime));
    opened.set(path, model);
    return { ...assigned, model };
  };
  const networks: [SubjectNetwork, ...SubjectNetwork[]] = [await open(first)];
  for (const each of others) networks.push(await open(each));
  requireFit(
    property,
    networks.map(({ network, file, model: { typed } }) => ({ network, file, typed })),
  );
  return { networks, problem: problemOf(property, networks) };
}

function problemOf({ file, disjuncts }: VnnlibProperty, networks: Subject['networks']): Problem {
  const [first, ...others] = networks;
  if (others.length === 0)
    return { model: first.model.typed, disjuncts, run: (input) => runOne(first.model, input) };
  const joint = ({ model, sameAs }: SubjectNetwork) => ({ model: model.typed, sameAs });
  const run: Problem['run'] = async (input) => {
    const outputs: number[] = [];
    for (const each of networks) {
      const found = await runOne(each.model, valuesOf(each, input));
      for (let at = 0; at < found.length; at++) outputs.push(found[at] ?? Number.NaN);
    }
    return outputs;
  };
  return jointProblem([joint(first), ...others.map(joint)], disjuncts, run, file);
}

/** A network's own part of the inputs, or of the outputs, of all. */
export function valuesOf<T extends Float32Array | Float64Array>(
  { network }: Assigned,
  values: T,
  kind: 'inputs' | 'outputs' = 'inputs',
): T {
  const [first] = network[kind];
  const from = first?.offset ?? 0;
  const size = network[kind].reduce((sum, variable) => sum + variable.size, 0);
  // A copy: sessions take whole arrays.
  return values.slice(from, from + size) as T;
}
