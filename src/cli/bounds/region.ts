// The boxes that bounds are asked for: around rows of a data set, or one for all inputs.
import { greatestFinite } from '../../base/dtype.js';
import { UserError } from '../../base/user-error.js';
import { requireWithin } from '../../policy/data/within.js';
import type { Dataset } from '../../policy/dataset.js';
import { boxesAround, wholeRange } from '../../policy/input-set.js';
import type { DataRef, InputRange } from '../../policy/policy.js';
import type { Boxes } from '../../verify/ibp.js';
import { fitRows, inputShape } from '../check/fit.js';
import type { OpenModel } from '../check/models.js';
import { sha256OfPath } from '../hash.js';
import type { Region } from '../options.js';
import { chosenRows, dataRef, loadRows } from '../rows.js';
import { usageError } from '../values.js';
import type { HashedFile } from './result.js';

export type Boxed = Boxes & {
  /** The rows that the boxes are around, and the number of the first; undefined for one box of all inputs. */
  readonly around: { readonly rows: Dataset; readonly firstRow: number } | undefined;
  readonly data: HashedFile | undefined;
};

type RowRegion = Extract<Region, { kind: 'rows' }>;

export async function boxesOf(region: Region, model: OpenModel): Promise<Boxed> {
  return region.kind === 'box' ? oneBox(region.range, model) : boxesAroundRows(region, model);
}

function oneBox(range: readonly [number, number], model: OpenModel): Boxed {
  const { lower, upper } = wholeRange(inputShape(model), { ranges: [range] }, undefined, 0);
  if (!((lower.data[0] ?? 0) <= (upper.data[0] ?? 0)))
    throw usageError('bounds', `no float32 number lies between ${range[0]} and ${range[1]}`, 'widen --box');
  return { lower, upper, around: undefined, data: undefined };
}

async function boxesAroundRows(region: RowRegion, model: OpenModel): Promise<Boxed> {
  const { file, linfEpsilon } = region;
  const all = await rowsIn(region);
  const firstRow = region.rows?.from ?? 0;
  const hint = 'name another array or other columns with --inputs, or another model';
  const rows = fitRows({ dataset: chosenRows('bounds', all, region), file }, model, hint);
  const { lower, upper } = boxesAround(rows, firstRow, linfEpsilon, rangeOf(region));
  const data = { file, sha256: sha256OfPath(file) };
  return { lower, upper, around: { rows, firstRow }, data };
}

/** The nearest float32 numbers, as in a policy, so that a row may lie on them. */
function rangeOf({ clip }: RowRegion): InputRange {
  const [least, most] = clip ?? [-greatestFinite.float32, greatestFinite.float32];
  return { ranges: [[Math.fround(least), Math.fround(most)]] };
}

async function rowsIn(region: RowRegion): Promise<Dataset> {
  const dataset = await loadRows(region);
  return region.clip === undefined ? dataset : within(dataset, region, dataRef(region));
}

/** All rows, chosen or not: a wrong scale is then found whatever the row. */
function within(dataset: Dataset, region: RowRegion, ref: DataRef): Dataset {
  try {
    requireWithin(dataset, rangeOf(region), ref);
    return dataset;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = `correct --scale (now ${region.scale}), or widen --clip`;
    throw new UserError(error.code, { ...error.details, hint }, { cause: error });
  }
}
