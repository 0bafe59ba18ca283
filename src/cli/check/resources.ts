// Models and data sets of a policy, each opened once, on first use.
import { join } from 'node:path';
import type { FileRef, ModelRef } from '../../findings/report.js';
import { pathsOf } from '../../policy/data/format.js';
import { loadDataset } from '../../policy/data/load.js';
import { selectRows } from '../../policy/data/select.js';
import { requireWithin } from '../../policy/data/within.js';
import type { Dataset } from '../../policy/dataset.js';
import type { Policy, Position, Precision, RowSelection } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import type { Runtime } from '../../program/session.js';
import { writeQuantised } from '../fuzz/quantised.js';
import { sha256OfPaths } from '../hash.js';
import { type ModelSource, modelRef, type OpenModel, openModel } from './models.js';

export type Rows = {
  readonly dataset: Dataset;
  /** Number of the first row in its data set. */
  readonly firstRow: number;
  readonly file: string;
};

export type Resources = {
  model(name: string): Promise<OpenModel>;
  /** A model in another precision. @param rows to calibrate on */
  derived(name: string, precision: Precision, rows: Dataset): Promise<OpenModel>;
  rows(selection: RowSelection, at: Position): Promise<Rows>;
  /** How a path appears in reports. */
  shown(file: string): string;
  /** What was opened so far, in the policy's order. */
  opened(): Promise<{ readonly models: readonly ModelRef[]; readonly data: readonly FileRef[] }>;
};

/**
 * @param shown how a path appears in reports
 * @param folder absolute: models that are made of others are written there
 */
/** Of models that are derived from those of the policy. */
export const modelsFolder = (outputDir: string): string => join(outputDir, 'models');

export function createResources(
  policy: Policy,
  runtime: Runtime,
  shown: (file: string) => string,
  folder: string,
): Resources {
  const models = new Map<string, Promise<OpenModel>>();
  const data = new Map<string, Promise<Dataset>>();
  const sourceOf = (name: string): ModelSource => {
    const { file, preprocess } = required(policy.models, name);
    const steps = preprocess && { steps: preprocess.steps, where: placeOf(preprocess.at) };
    return { name, file: shown(file), preprocess: steps };
  };
  const model = (name: string) => once(models, name, () => openModel(sourceOf(name), runtime));
  const dataset = (name: string) =>
    once(data, name, async () => {
      const ref = required(policy.data, name);
      const loaded = await loadDataset(ref);
      requireWithin(loaded, policy.inputs, ref);
      return loaded;
    });
  return {
    model,
    derived: async (name, precision, rows) => {
      const source = sourceOf(name);
      const named = { ...source, name: `${name}-${precision}` };
      if (precision === 'float16') return openModel({ ...named, derived: precision }, runtime);
      const file = await writeQuantised({ ...source, rows, folder }, runtime);
      return openModel({ ...named, file: shown(file) }, runtime);
    },
    shown,
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
