// Proofs of properties of two inputs by the slopes between them, and the slack that rounding needs.
import { float32, rows as rowsOf, type Tensor } from '../../../base/tensor.js';
import { UserError } from '../../../base/user-error.js';
import { Unbounded } from '../../../ops/operator.js';
import type { InputSet } from '../../../policy/input-set.js';
import type { Runtime } from '../../../program/session.js';
import type { Box } from '../../../verify/crown/box.js';
import { boundDisjuncts } from '../../../verify/disjunct-bounds.js';
import { type CellResult, cutIntoCells } from '../../../verify/slopes/cells.js';
import {
  openSlopes,
  type SlopeBounds,
  type SlopeMethod,
  type Slopes,
} from '../../../verify/slopes/slopes.js';
import { boundMemoryBytes } from '../bound-memory.js';
import type { OpenModel } from '../models.js';
import type { CutLimits, Decides, Subject } from '../subject.js';
import { asUnbounded } from './as-unbounded.js';

export type Sloped = {
  readonly model: OpenModel;
  /** Of single inputs. */
  readonly set: InputSet;
  /** Combinations of outputs that the property speaks of: [rows, outputs]. */
  readonly rows: Tensor<'float32'>;
  readonly slack: number;
  /**
   * By how much the exact network may exceed what is allowed without slack, where slopes are these.
   * @param widths of the set along each element
   */
  excess(slopes: Slopes, widths: Float64Array): number;
};

const open = (model: OpenModel, method: SlopeMethod, runtime: Runtime): SlopeBounds =>
  openSlopes(model.typed, { method, memoryBytes: boundMemoryBytes }, runtime);

const boxOf = ({ lower, upper }: InputSet, instance: number): Box => ({
  lower: rowsOf(lower, instance, instance + 1),
  upper: rowsOf(upper, instance, instance + 1),
});

const greatest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/**
 * Twice what the deployed network may be off the exact one anywhere in the set, rounded up to two digits: then a property of the exact
 * network is one of the deployed network, too.
 * @throws UserError where it cannot be derived
 */
export async function derivedSlack(
  { model, set, rows }: Pick<Sloped, 'model' | 'set' | 'rows'>,
  where: string,
  runtime: Runtime,
): Promise<number> {
  const underivable = (reason: string) =>
    new UserError('UNSUPPORTED_MODEL', {
      where,
      problem: `no slack for rounding can be derived for model "${model.name}": ${reason}`,
      hint: 'write one, such as "slack: 0.001"',
    });
  try {
    const slopes = open(model, 'ibp', runtime);
    let most = 0;
    for (let instance = 0; instance < (set.lower.shape[0] ?? 0); instance++)
      most = Math.max(most, greatest((await slopes.bound(boxOf(set, instance), rows)).error));
    if (!Number.isFinite(most)) throw underivable('its outputs may be infinite or NaN');
    return roundedUp(2.1 * most);
  } catch (error) {
    if (error instanceof Unbounded) throw underivable(error.message);
    throw error;
  }
}

/** To two digits. */
export function roundedUp(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log10(value)) - 1;
  const digits = Math.ceil(value / 10 ** exponent);
  // By text: powers of ten are no binary numbers.
  return Number(`${digits}e${exponent}`);
}

/** Per instance, by hidden values' interval bounds; undefined where some operator has no rule for slopes. */
export async function provedBySlopes(sloped: Sloped, runtime: Runtime): Promise<Float32Array | undefined> {
  try {
    return await proveBySlopes(sloped, runtime);
  } catch (error) {
    if (error instanceof Unbounded) return undefined;
    throw error;
  }
}

async function proveBySlopes(sloped: Sloped, runtime: Runtime): Promise<Float32Array> {
  const slopes = open(sloped.model, 'ibp', runtime);
  const count = sloped.set.lower.shape[0] ?? 0;
  const result = new Float32Array(count);
  for (let instance = 0; instance < count; instance++) {
    const found = await slopes.bound(boxOf(sloped.set, instance), sloped.rows);
    const margin = marginOf(sloped, instance, greatest(found.error))(found);
    // As float32, rounded down.
    result[instance] = Number.isNaN(margin) ? -Infinity : margin - Math.abs(margin) * 2 ** -23;
  }
  return result;
}

/**
 * The exact network changes along a line by no more than slopes allow; both ends are off by `error` at most where it is deployed. What
 * is off does not add up from cell to cell, so that it is that of the whole box.
 */
const marginOf =
  ({ slack, excess, set }: Sloped, instance: number, error: number) =>
  (slopes: Slopes): number =>
    slack - 2 * error - excess(slopes, widthsOf(set, instance));

function widthsOf({ lower, upper, size }: InputSet, instance: number): Float64Array {
  const from = instance * size;
  return Float64Array.from(
    { length: size },
    (_, at) => (upper.data[from + at] ?? Number.NaN) - (lower.data[from + at] ?? Number.NaN),
  );
}

/** Cuts boxes of one property. @throws Unbounded */
export function cutter(
  sloped: Sloped,
  runtime: Runtime,
): (instance: number, limits: CutLimits) => Promise<CellResult> {
  let slopes: SlopeBounds | undefined;
  return async (instance, limits) => {
    slopes ??= open(sloped.model, 'crown', runtime);
    const { bound } = slopes;
    const box = boxOf(sloped.set, instance);
    const root = await bound(box, sloped.rows);
    const margin = marginOf(sloped, instance, greatest(root.error));
    // Nothing that is left of the slack when slopes are as they should be: no cell will be proved.
    const subproblems = sloped.slack > 2 * greatest(root.error) ? limits.subproblems : 1;
    return cutIntoCells(box, (cell) => bound(cell, sloped.rows), { ...limits, subproblems, margin });
  };
}

/** Rows of single outputs. */
export function unitRows(outputs: readonly number[], count: number, sign: 1 | -1 = 1): Tensor<'float32'> {
  const data = new Float32Array(outputs.length * count);
  outputs.forEach((output, row) => {
    data[row * count + output] = sign;
  });
  return float32(data, [outputs.length, count]);
}

/** By slopes; by bounds of both inputs' outputs where some operator has no rule for slopes. */
export const provedBySlopesOr =
  (sloped: Sloped, joint: () => Decides, runtime: Runtime): Subject['prove'] =>
  async (_boxes, targets, arithmetic) => {
    const bySlopes = await provedBySlopes(sloped, runtime);
    if (bySlopes !== undefined) return bySlopes;
    const { model, disjuncts } = asUnbounded(joint);
    const all = Array.from(targets, (_, instance) => disjuncts(instance));
    return boundDisjuncts(model, all, { arithmetic, memoryBytes: boundMemoryBytes }, runtime);
  };
