// Affine forms of all values of a network, node by node, and the bounds that they give.
import { fileInputs } from '../../graph/inputs.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { type BoundedModel, boundInstance, type KnownBounds, type Tighten } from '../../ops/bound-model.js';
import { type Interval, isPoint } from '../../ops/interval.js';
import type { IntervalContext } from '../../ops/operator.js';
import { operatorOf } from '../../ops/operators/index.js';
import type { Relaxation } from '../../ops/relaxation.js';
import { NotDifferentiable, ProgramError } from '../../program/program-error.js';
import { isPlain } from '../plain.js';
import { type Arithmetic, boundsOf, type Form, inputForm, intervalForm, rebased } from './form.js';
import { affineForm, lineForm, movedForm } from './steps.js';

/**
 * Bounds by affine forms wherever they are tighter than what interval rules make of the same. All bounds of a network cost about as
 * much as one value for each input element that moves, and two more: far less than rows backwards, of which each element takes two.
 * What rounds and what is relaxed is interval arithmetic from there on, so that bounds of deep networks are loose in wide boxes.
 * @param model one instance
 * @param moving elements of the input that may vary
 * @param known bounds from elsewhere that hold, too
 */
export function boundForward(
  arithmetic: Arithmetic,
  model: TypedModel,
  box: Interval,
  moving: readonly number[],
  known: KnownBounds,
): BoundedModel {
  const { p, rounding } = arithmetic;
  const forms = new Map<string, Form>();
  const [only, ...others] = fileInputs(model);
  if (only !== undefined && others.length === 0) {
    const { shape } = only;
    const sides = { lower: p.reshape(box.lower, shape), upper: p.reshape(box.upper, shape) };
    if (only.dtype === 'float32') forms.set(only.name, inputForm(arithmetic, sides, moving));
  }
  const formOf = (name: string, bounds: Interval): Form =>
    forms.get(name) ?? (isPoint(bounds) ? pointForm(arithmetic, bounds) : intervalForm(arithmetic, bounds));
  const tighten: Tighten = (name, ruled, context, nameOf) => {
    const own = known.get(name);
    const bounds = own === undefined ? ruled : intersection(arithmetic, ruled, own);
    const form = formFrom(arithmetic, bounds, context, nameOf, formOf);
    if (form === undefined) return bounds;
    forms.set(name, rebased(arithmetic, form, bounds));
    return intersection(arithmetic, bounds, boundsOf(arithmetic, form));
  };
  return boundInstance(p, model, box, rounding, new Map(), tighten);
}

const pointForm = ({ p }: Arithmetic, { lower }: Interval): Form => ({
  center: lower,
  slopes: undefined,
  radius: p.fillLike(lower, 0),
});

const intersection = (
  { p }: Arithmetic,
  one: Interval,
  other: Pick<Interval, 'lower' | 'upper'>,
): Interval => ({ ...one, lower: p.max(one.lower, other.lower), upper: p.min(one.upper, other.upper) });

type FormOf = (name: string, bounds: Interval) => Form;

/** Undefined where there is nothing better than bounds. */
function formFrom(
  arithmetic: Arithmetic,
  bounds: Interval,
  context: IntervalContext,
  nameOf: (interval: Interval) => string | undefined,
  formOf: FormOf,
): Form | undefined {
  const { affine } = bounds;
  const source = affine && nameOf(affine.input);
  if (affine !== undefined)
    return source === undefined ? undefined : affineForm(arithmetic, affine, formOf(source, affine.input));
  try {
    return relaxedForm(arithmetic, bounds, context, formOf);
  } catch (error) {
    // Not every map that goes backwards can be turned around.
    if (error instanceof NotDifferentiable || error instanceof ProgramError) return undefined;
    throw error;
  }
}

function relaxedForm(
  arithmetic: Arithmetic,
  bounds: Interval,
  context: IntervalContext,
  formOf: FormOf,
): Form | undefined {
  const { node } = context;
  const relaxation = parallel({ ...context, bounds });
  if (relaxation === undefined || relaxation.reduce !== undefined) return undefined;
  const read = (position: number) => formOf(node.inputs[position] ?? '', context.input(position));
  const { lines, parts, offset, gap } = relaxation;
  if (lines !== undefined)
    return lineForm(arithmetic, lines, context.input(lines.input), bounds, read(lines.input));
  if (!isPlain(node.type)) return undefined;
  return movedForm(
    arithmetic,
    parts.map((part) => ({ part, form: read(part.input) })),
    offset,
    gap,
    bounds,
  );
}

/** A relaxation by lines of one slope, where the operator can be asked for them: moves then go on as they are. */
function parallel(context: IntervalContext & { readonly bounds: Interval }): Relaxation | undefined {
  const operator = operatorOf(context.node.type, context.node.domain);
  const relaxation = operator?.relax?.(context);
  if (relaxation?.lines === undefined || operator?.tightens !== 'kink') return relaxation;
  return operator.relax?.({ ...context, slope: relaxation.lines.upper });
}
