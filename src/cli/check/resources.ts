// Models and data sets of a policy, each opened once, on first use.
import type { FileRef, ModelRef } from '../../findings/report.js';
import { pathsOf } from '../../policy/data/format.js';
import { loadDataset } from '../../policy/data/load.js';
import { selectRows } from '../../policy/data/select.js';
import { requireWithin } from '../../policy/data/within.js';
import type { Dataset } from '../../policy/dataset.js';
import type { Policy, Position, RowSelection } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import type { Runtime } from '../../program/session.js';
import { sha256OfPaths } from '../hash.js';
import { modelRef, type OpenModel, openModel } from './models.js';

export type Rows = {
  readonly dataset: Dataset;
  /** Number of the first row in its data set. */
  readonly firstRow: number;
  readonly file: string;
};

export type Resources = {
  model(name: string): Promise<OpenModel>;
  rows(selection: RowSelection, at: Position): Promise<Rows>;
  /** What was opened so far, in the policy's order. */
  opened(): Promise<{ readonly models: readonly ModelRef[]; readonly data: readonly FileRef[] }>;
};

/** @param shown how a path appears in reports */
export function createResources(
  policy: Policy,
  runtime: Runtime,
  shown: (file: string) => string,
): Resources {
  const models = new Map<string, Promise<OpenModel>>();
  const data = new Map<string, Promise<Dataset>>();
  const model = (name: string) =>
    once(models, name, () => {
      const { file, preprocess } = required(policy.models, name);
      const steps = preprocess && { steps: preprocess.steps, where: placeOf(preprocess.at) };
      return openModel({ name, file: shown(file), preprocess: steps }, runtime);
    });
  const dataset = (name: string) =>
    once(data, name, async () => {
      const ref = required(policy.data, name);
      const loaded = await loadDataset(ref);
      requireWithin(loaded, policy.inputs, ref);
      return loaded;
    });
  return {
    model,
    rows: async (selection, at) => ({
      dataset: selectRows(await dataset(selection.data), selection, at),
      firstRow: selection.rows?.from ?? 0,
      file: required(policy.data, selection.data).file,
    }),
    opened: async () => ({
      models: await Promise.all(
        [...policy.models.keys()]
          .filter((name) => models.has(name))
          .map(async (name) => modelRef(await model(name))),
      ),
      data: [...policy.data.values()]
        .filter(({ name }) => data.has(name))
        .map((ref) => ({ name: ref.name, file: shown(ref.file), sha256: sha256OfPaths(pathsOf(ref)) })),
    }),
  };
}

function once<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = map.get(key) ?? make();
  map.set(key, made);
  return made;
}

/** The parser has checked that every name is defined. */
function required<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new RangeError(`the policy has no "${name}"`);
  return found;
}
