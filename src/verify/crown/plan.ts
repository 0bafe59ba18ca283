// Which values get intermediate bounds by backward propagation, and how much memory a row of coefficients takes.
import { keptWith } from '../../base/kept-with.js';
import { footprintOf } from '../../graph/footprint.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { type BoundedModel, boundModel } from '../../ops/bound-model.js';
import { isPoint } from '../../ops/interval.js';
import type { IntervalContext } from '../../ops/operator.js';
import { operatorOf } from '../../ops/operators/index.js';
import { createRounding } from '../../ops/rounding.js';
import { staticSize } from '../../program/dims.js';
import { Program } from '../../program/program.js';

export type Target = {
  readonly name: string;
  /** True where only elements that may be negative and positive are worth tightening. */
  readonly kinkOnly: boolean;
  /** True where interval bounds are already the best that backward propagation would give. */
  readonly plain: boolean;
  /** True of the input, moved around, and of one affine layer of it: linear bounds are exact. */
  readonly affine: boolean;
};

export type Plan = {
  /** In the order of the graph: later ones use the bounds of earlier ones. */
  readonly targets: readonly Target[];
  /** Whether there are relaxations of functions of several values, such as products. */
  readonly joint: boolean;
  /** Bytes that one row of coefficients needs at its widest, temporaries included. */
  readonly bytesPerRow: number;
};

/** a, |a|, two products, their sum, and what ONNX Runtime's allocator keeps of the step before. */
export const arraysPerCoefficient = 6;

/**
 * Inputs of relaxed nodes whose interval bounds are not yet the best that backward propagation would give.
 * @param model one instance
 * @param all those with plain bounds, too
 */
export function planOf(model: TypedModel, all = false): Plan {
  const plan = wholePlanOf(model);
  return all ? plan : { ...plan, targets: plan.targets.filter(({ plain }) => !plain) };
}

/** Asked for several times on the way to a verdict. */
const wholePlanOf = keptWith((model: TypedModel): Plan => {
  const p = new Program();
  const input = (name: string) => p.input(name, 'float32', model.input.shape);
  const box = { lower: input('lower'), upper: input('upper') };
  const bounded = boundModel(p, model, box, createRounding('float32', 'real'));
  const affine = plainValues(model, bounded);
  const plain = new Set(affine);
  const found = new Map<string, boolean>();
  let joint = false;
  for (const name of computed(model)) {
    const context = bounded.contextOf(name);
    const operator = context && operatorOf(context.node.type, context.node.domain);
    if (context === undefined || operator?.relax === undefined || operator.tightens === 'nowhere') continue;
    if (bounded.bounds(name).affine !== undefined) continue;
    const sources = variableInputs(context, bounded);
    joint ||= sources.length > 1;
    for (const source of sources) {
      const kinkOnly = operator.tightens === 'kink' && (found.get(source) ?? true);
      found.set(source, kinkOnly);
    }
  }
  for (const name of imagesAmong(model, bounded, found, plain)) plain.add(name);
  const targets = computed(model).flatMap((name) => {
    const kinkOnly = found.get(name);
    return kinkOnly === undefined
      ? []
      : [{ name, kinkOnly, plain: plain.has(name), affine: affine.has(name) }];
  });
  return { targets, joint, bytesPerRow: arraysPerCoefficient * footprintOf(model).coefficientBytes };
});

/** Functions of one variable whose interval is exactly what they make of that of their argument. */
const exactImages: ReadonlySet<string> = new Set([
  'Abs',
  'Clip',
  'Cos',
  'Elu',
  'Erf',
  'Exp',
  'LeakyRelu',
  'Log',
  'Neg',
  'Pow',
  'Reciprocal',
  'Relu',
  'Selu',
  'Sigmoid',
  'Sin',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Tanh',
]);

/**
 * Values that are another one of `found`, or one with plain bounds, moved around or under such a function: a line below f, at the least z
 * that is known, is below f there, so that no row bounds them better than their interval. What is asked of them is asked of that value.
 */
function imagesAmong(
  model: TypedModel,
  bounded: BoundedModel,
  found: Map<string, boolean>,
  plain: ReadonlySet<string>,
): string[] {
  const images: string[] = [];
  for (const name of computed(model).reverse()) {
    const [kinkOnly, context] = [found.get(name), bounded.contextOf(name)];
    if (kinkOnly === undefined || context === undefined) continue;
    const [source, ...others] = variableInputs(context, bounded);
    const ofSource = source === undefined ? undefined : found.get(source);
    const moves = operatorOf(context.node.type, context.node.domain)?.tightens === 'nowhere';
    if (source === undefined || others.length > 0) continue;
    if (ofSource === undefined && !plain.has(source)) continue;
    if (!moves && !exactImages.has(context.node.type)) continue;
    images.push(name);
    if (ofSource !== undefined) found.set(source, ofSource && kinkOnly && moves);
  }
  return images;
}

/** Bytes of coefficients of all rows for all hidden elements, from below and from above. */
export function bytesOfHidden({ types }: TypedModel, { targets, bytesPerRow }: Plan): number {
  const elements = targets.reduce((sum, { name }) => sum + staticSize(types.get(name)?.shape ?? []), 0);
  return 2 * elements * bytesPerRow;
}

const computed = ({ graph }: TypedModel): string[] => graph.nodes.flatMap(({ outputs }) => outputs);

/** Values of which interval bounds are exact: the input moved around, and one affine layer of it. */
function plainValues(model: TypedModel, bounded: BoundedModel): Set<string> {
  const moved = new Set([model.input.name]);
  const plain = new Set(moved);
  for (const name of computed(model)) {
    const context = bounded.contextOf(name);
    if (context === undefined) continue;
    const { affine } = bounded.bounds(name);
    const layerInput = affine && bounded.nameOf(affine.input);
    if (layerInput !== undefined && moved.has(layerInput)) plain.add(name);
    const [source, ...others] = variableInputs(context, bounded);
    const moves = operatorOf(context.node.type, context.node.domain)?.tightens === 'nowhere';
    if (affine !== undefined || !moves || source === undefined || others.length > 0) continue;
    if (moved.has(source)) moved.add(name);
    if (plain.has(source)) plain.add(name);
  }
  return plain;
}

/** Names of the inputs of a node that are not constant. */
const variableInputs = ({ node, constant }: IntervalContext, bounded: BoundedModel): string[] =>
  node.inputs.filter(
    (name, at) => name !== '' && constant(at) === undefined && !isPoint(bounded.bounds(name)),
  );
