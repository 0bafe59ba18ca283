// How each value of a model depends on earlier ones, linearly: the steps of backward bound propagation.
import type { Value } from '../program/value.js';
import { enclosure } from './affine.js';
import { affineStep } from './affine-relaxation.js';
import type { BoundedModel } from './bound-model.js';
import type { Interval } from './interval.js';
import type { IntervalContext, RelaxContext } from './operator.js';
import { operatorOf } from './operators/index.js';
import type { Reduced, RelaxedInput } from './relaxation.js';
import type { Zonotope } from './zonotope.js';

/** A relaxation (relaxation.ts) whose parts name values of the model. `gap` is NaN where the value may be infinite. */
export type Step = {
  readonly reduce?: ((a: Value) => Reduced) | undefined;
  readonly parts: readonly (Omit<RelaxedInput, 'input'> & { readonly source: string })[];
  readonly offset: Value | undefined;
  readonly gap: Value | undefined;
  readonly perRow?: ((a: Value) => Value) | undefined;
  /** True where coefficients do not depend on their signs: back(-a) = -back(a). */
  readonly odd: boolean;
};

/** What to choose where relaxations leave a choice. */
type Preferences = Pick<RelaxContext, 'slope' | 'steepFrom' | 'choose'>;

/**
 * The step of a computed value: its affine form, else its operator's relaxation, else its interval.
 * @param zonotopeOf values by name as functions of what is uncertain: whoever gives it adds `perRow`
 * @throws Unbounded where the value has no bounds
 */
export function stepOf(
  model: BoundedModel,
  name: string,
  context: IntervalContext,
  preferences: Preferences = {},
  zonotopeOf?: (name: string) => Zonotope | undefined,
): Step {
  const interval = model.bounds(name);
  const zonotope = zonotopeOf && ((position: number) => zonotopeOf(context.node.inputs[position] ?? ''));
  const step =
    affine(model, interval, context) ??
    relaxed({ ...context, bounds: interval, ...preferences, zonotope }) ??
    constant(interval, context);
  // What only moves is finite where its source is, which the source's own step sees to.
  if (step.gap === undefined && step.offset === undefined) return step;
  return { ...step, gap: unlessUnbounded(interval, context, step.gap) };
}

function affine(model: BoundedModel, interval: Interval, { p, rounding }: IntervalContext): Step | undefined {
  const source = interval.affine && model.nameOf(interval.affine.input);
  if (interval.affine === undefined || source === undefined) return undefined;
  const { back, offset, gap, operations } = affineStep(p, rounding, interval.affine);
  return { parts: [{ source, back, operations }], offset, gap, odd: true };
}

function relaxed(context: RelaxContext): Step | undefined {
  const { node } = context;
  const relaxation = operatorOf(node.type, node.domain)?.relax?.(context);
  if (relaxation === undefined) return undefined;
  const parts = relaxation.parts.map((part) => ({ ...part, source: node.inputs[part.input] ?? '' }));
  const { reduce, offset, gap, perRow } = relaxation;
  return { reduce, offset, gap, perRow, parts, odd: false };
}

/** Anything between the bounds: a y >= a mid - |a| rad. */
function constant(interval: Interval, { p, rounding }: IntervalContext): Step {
  const { mid, rad } = enclosure(p, rounding, interval);
  return { parts: [], offset: mid, gap: rad, odd: true };
}

/**
 * What holds of finite values only says nothing of one that may be infinite: 0 times the width of its bounds is NaN then. A condition would take
 * ONNX Runtime four times as long.
 */
function unlessUnbounded({ lower, upper }: Interval, { p }: IntervalContext, gap: Value | undefined): Value {
  const none = p.mul(p.sub(upper, lower), 0);
  return gap === undefined ? none : p.add(gap, none);
}
