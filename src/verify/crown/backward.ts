// Backward propagation of linear bounds through a graph (CROWN: Zhang et al., arXiv 1811.00866, on general graphs as in
// Xu et al., arXiv 2002.12920): coefficients of a value are replaced by coefficients of what it is computed from, until only
// the input is left. Every step accounts for the rounding of the deployed network and of this program itself.
import { enclosure } from '../../ops/affine.js';
import type { BoundedModel } from '../../ops/bound-model.js';
import { isPoint } from '../../ops/interval.js';
import { greatestMagnitude } from '../../ops/lines.js';
import type { Choose } from '../../ops/operator.js';
import { type Step, stepOf } from '../../ops/relax-model.js';
import type { Rounding } from '../../ops/rounding.js';
import type { Zonotope } from '../../ops/zonotope.js';
import { staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { addBall, type BallInput } from './ball-bound.js';
import { createLedger, type Ledger } from './ledger.js';

export type Frame = {
  readonly p: Program;
  readonly rounding: Rounding;
  readonly bounded: BoundedModel;
  /** Names of computed values, inputs before users. */
  readonly order: readonly string[];
  /** Where not all of the input's box counts. */
  readonly ball?: BallInput | undefined;
  /** Lower slopes in [0, 1] of relaxations that have a choice, by the name of the relaxed value; others choose themselves. */
  readonly slopes?: ReadonlyMap<string, Value>;
  /** Where relaxations choose themselves between the slopes of two sides of a kink (operator.ts). */
  readonly steepFrom?: number | undefined;
  /** Who chooses for the relaxation of a computed value; left out: the relaxations themselves. */
  readonly chooserOf?: (name: string) => Choose;
  /** The step of a computed value where it is not to be its operator's. */
  readonly stepFor?: (name: string) => Step | undefined;
  /** Values as functions of what is uncertain, where they are worth knowing so. */
  readonly zonotopeOf?: (name: string) => Zonotope | undefined;
  /** Told the coefficients [rows, ...value] of every computed value before they are replaced. */
  readonly observe?: (name: string, coefficients: Value) => void;
};

/** Coefficients of values that are not replaced yet: [rows, ...value]. */
type Pending = Map<string, Value>;

/**
 * Lower bounds [rows] of a . y for rows a of coefficients over several values at once.
 * @param start coefficients by value, [rows, ...value]
 * @param ledger what was contributed already
 */
export function propagate(frame: Frame, start: ReadonlyMap<string, Value>, ledger: Ledger): Value {
  for (const [name, a] of toInputs(frame, start, ledger)) concretize(frame, name, a, ledger);
  return ledger.total();
}

/**
 * Coefficients [rows, ...value] of the values that no node computes: with them, a . y >= the sum of their products with these
 * values + the ledger's total. Parameters as for `propagate`.
 * @param joins further rows that begin at a computed value: they come after those that are under way there. They are left out where
 *   nothing under way depends on the value: `observe` is not told of it, then.
 */
export function toInputs(
  frame: Frame,
  start: ReadonlyMap<string, Value>,
  ledger: Ledger,
  joins: ReadonlyMap<string, Joining> = new Map(),
): ReadonlyMap<string, Value> {
  const pending: Pending = new Map(start);
  for (const name of [...frame.order].reverse()) {
    const more = joins.get(name);
    if (more !== undefined) join(frame, name, more, pending, ledger);
    const a = pending.get(name);
    const context = frame.bounded.contextOf(name);
    if (a === undefined || context === undefined) continue;
    pending.delete(name);
    frame.observe?.(name, a);
    const step =
      frame.stepFor?.(name) ??
      stepOf(
        frame.bounded,
        name,
        context,
        {
          slope: frame.slopes?.get(name),
          steepFrom: frame.steepFrom,
          choose: frame.chooserOf?.(name),
        },
        frame.zonotopeOf,
      );
    applyStep(frame, step, a, pending, ledger);
  }
  return pending;
}

/** Rows [more, ...value] of finite coefficients, and as many rows of zeros. */
export type Joining = { readonly rows: Value; none(width: number): Value };

function join({ p }: Frame, name: string, joining: Joining, pending: Pending, ledger: Ledger): void {
  if (!pending.has(name)) return;
  const more = joining.rows.shape.slice(0, 1);
  for (const [other, a] of pending) {
    const shape = a.shape.slice(1);
    const rows =
      other === name ? joining.rows : p.reshape(joining.none(staticSize(shape)), [...more, ...shape]);
    pending.set(other, p.concat([a, rows], 0));
  }
  ledger.grow(joining.none);
}

export const newLedger = ({ p, rounding }: Frame): Ledger => createLedger(p, rounding);

function applyStep(frame: Frame, step: Step, whole: Value, pending: Pending, ledger: Ledger): void {
  const { p } = frame;
  const reduced = step.reduce?.(whole);
  const a = reduced?.rest ?? whole;
  if (reduced !== undefined) {
    const { level, total, error } = reduced;
    ledger.add(level, p.abs(level), total, error);
  }
  const magnitude = p.abs(a);
  ledger.add(a, magnitude, step.offset, step.gap);
  if (step.perRow !== undefined) ledger.contribute(step.perRow(a));
  for (const { source, back, operations } of step.parts) {
    addCoefficients(frame, source, back(a, magnitude), pending, ledger);
    loseUnderflow(frame, source, operations, ledger);
  }
}

/** Coefficients of a value that several nodes read are summed: one rounding of each sum. */
function addCoefficients(frame: Frame, source: string, a: Value, pending: Pending, ledger: Ledger): void {
  const { p, rounding, bounded } = frame;
  const earlier = pending.get(source);
  if (earlier === undefined) {
    pending.set(source, a);
    return;
  }
  const sum = p.add(earlier, a);
  const greatest = greatestMagnitude(p, bounded.bounds(source));
  ledger.add(sum, p.abs(sum), undefined, p.mul(greatest, rounding.program(4)));
  pending.set(source, sum);
}

/** Each coefficient may be off by `operations` underflows, whatever the rows are. */
export function loseUnderflow(
  { p, bounded }: Frame,
  source: string,
  operations: number,
  ledger: Ledger,
): void {
  const greatest = greatestMagnitude(p, bounded.bounds(source));
  const size = staticSize(greatest.shape);
  const all = p.reshape(greatest, [size]);
  const few = size <= greatestApart ? all : p.reshape(p.reduceSum(all, [0]), [1]);
  ledger.loseEach(few, 2 * operations);
}

/** Values of more elements are summed by themselves: to join them takes as long as to sum them. */
const greatestApart = 1024;

/** The least value over a box: a mid - |a| rad; in a ball, if that is greater, the least there. Constants are boxes, too. */
export function concretize(frame: Frame, name: string, a: Value, ledger: Ledger): void {
  const { p, rounding, bounded, ball } = frame;
  const box = bounded.bounds(name);
  if (ball?.input === name) {
    // Neither bound is always the better one.
    const { ball: _, ...whole } = frame;
    const [inBox, inBall] = [newLedger(frame), newLedger(frame)];
    concretize(whole, name, a, inBox);
    addBall(p, rounding, ball, box, a, inBall);
    ledger.contribute(p.max(inBox.total(), inBall.total()));
    return;
  }
  if (isPoint(box)) {
    ledger.add(a, p.abs(a), box.lower, undefined);
    return;
  }
  const { mid, rad } = enclosure(p, rounding, box);
  ledger.add(a, p.abs(a), mid, rad);
}
