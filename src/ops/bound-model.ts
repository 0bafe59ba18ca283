// Interval bound propagation over a model: every node's rule in turn. arXiv 1810.12715.
import { type DType, isFloat } from '../base/dtype.js';
import { allFinite, float32, type Tensor, toNumbers } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import { instanceOf } from '../graph/instance.js';
import type { TypedModel } from '../graph/typed-model.js';
import { variationOf } from '../graph/varying.js';
import type { Program } from '../program/program.js';
import { ProgramError } from '../program/program-error.js';
import { asBound, inputParts } from './input-values.js';
import { type Interval, point, unlessInfinite } from './interval.js';
import { mapRows, nodeContext, rowPlaceholder } from './lower-model.js';
import { type IntervalContext, NotLowered, Unbounded } from './operator.js';
import { operatorOf } from './operators/index.js';
import type { Rounding } from './rounding.js';
import { greatestSafeWeight, saturatingNodes } from './saturation.js';
import { varyingInterval } from './varying.js';

export type BoundedModel = {
  /** Bounds of a value by name. Throws Unbounded where it has none, with the node that is to blame. */
  bounds(name: string): Interval;
  /** As `bounds`, by the rule of the value's own node, whatever is known of it from elsewhere. */
  ownBounds(name: string): Interval;
  /** The value whose bounds this very object is, if it is one. */
  nameOf(interval: Interval): string | undefined;
  /** What the rules of the node that computes a value are told; undefined for inputs and constants. */
  contextOf(name: string): IntervalContext | undefined;
};

/** Bounds known from elsewhere, such as earlier backward passes: they take the place of the rule's. */
export type KnownBounds = ReadonlyMap<string, Sides>;
type Sides = Pick<Interval, 'lower' | 'upper'>;

/**
 * Told every computed value with its bounds, in the order of the graph, before anything is computed from it: what it gives takes
 * their place.
 * @param nameOf as that of `BoundedModel`, for earlier values
 */
export type Tighten = (
  name: string,
  bounds: Interval,
  context: IntervalContext,
  nameOf: (interval: Interval) => string | undefined,
) => Sides | undefined;

/**
 * Bounds for all rows of data between `input.lower` and `input.upper`, [batch, ...features], in the dtype of the program that
 * `rounding` describes. Where the file has no batch axis, or a node has bounds only at a known batch size, one row is bounded,
 * and the program mapped over the rows; such bounds have no affine forms, and no contexts.
 * @param given only for one row, or along the file's batch axis
 */
export function boundModel(
  p: Program,
  model: TypedModel,
  input: Interval,
  rounding: Rounding,
  given: KnownBounds = new Map(),
): BoundedModel {
  if (input.lower.shape[0] === 1) return boundInstance(p, instanceOf(model), input, rounding, given);
  if (!model.batched) return boundMapped(p, model, input, rounding);
  const direct = boundInstance(p, model, input, rounding, given);
  let mapped: BoundedModel | undefined;
  const bounds = (name: string): Interval => {
    try {
      return direct.bounds(name);
    } catch (error) {
      if (!(error instanceof Unbounded)) throw error;
      mapped ??= boundMapped(p, instanceOf(model), input, rounding);
      return mapped.bounds(name);
    }
  };
  return { ...direct, bounds };
}

function boundMapped(p: Program, model: TypedModel, input: Interval, rounding: Rounding): BoundedModel {
  const [least, most] = [rowPlaceholder(p, input.lower, 'least'), rowPlaceholder(p, input.upper, 'most')];
  const { bounds } = boundInstance(p, model, { lower: least, upper: most }, rounding);
  const rows = new Map([
    [least, input.lower],
    [most, input.upper],
  ]);
  const mapped = mapRows(p, rows);
  const mappedBounds = (name: string): Interval => ({
    lower: mapped(bounds(name).lower),
    upper: mapped(bounds(name).upper),
  });
  return {
    bounds: mappedBounds,
    ownBounds: mappedBounds,
    nameOf: () => undefined,
    contextOf: () => undefined,
  };
}

/** As `boundModel`, of one instance, or of rows along the file's batch axis. */
export function boundInstance(
  p: Program,
  model: TypedModel,
  input: Interval,
  rounding: Rounding,
  given: KnownBounds = new Map(),
  tighten?: Tighten,
): BoundedModel {
  const inputs = inputIntervals(p, model, input);
  const known = new Map<string, Interval | Unbounded>(inputs);
  const names = new Map<Interval, string>(inputs.map(([name, interval]) => [interval, name]));
  const contexts = new Map<string, IntervalContext>();
  const own = new Map<string, Interval>();
  const { varying } = variationOf(model.graph);
  const saturating = saturatingNodes(model);
  const bounds = (name: string): Interval => {
    const tensor = model.graph.constants.get(name) ?? model.folded.get(name);
    const found = known.get(name) ?? (tensor && constantInterval(p, tensor, name, rounding));
    if (found === undefined) throw new Unbounded(`value "${name}" has no bounds`);
    if (found instanceof Unbounded) throw found;
    return found;
  };
  const bound = (node: Node, name: string, index: number): Interval => {
    if (saturating.has(node)) throw new Unbounded(saturationOf(node));
    const context: IntervalContext = {
      ...nodeContext(p, model, node, index),
      rounding,
      input: (position) => bounds(node.inputs[position] ?? ''),
      has: (position) => (node.inputs[position] ?? '') !== '',
    };
    const isVarying = (at: number) => varying.has(node.inputs[at] ?? '');
    const ruled =
      varying.has(name) || node.inputs.some((_, at) => isVarying(at))
        ? varyingInterval(context, operatorOf(node.type, node.domain), isVarying)
        : nodeInterval(context);
    own.set(name, ruled);
    const known = { ...ruled, ...given.get(name) };
    const interval = { ...known, ...tighten?.(name, known, context, (own) => names.get(own)) };
    contexts.set(name, context);
    names.set(interval, name);
    return interval;
  };
  for (const node of model.graph.nodes) {
    node.outputs.forEach((name, index) => {
      if (name === '' || model.folded.has(name)) return;
      known.set(
        name,
        attempt(() => bound(node, name, index)),
      );
    });
  }
  return {
    bounds,
    ownBounds: (name) => own.get(name) ?? bounds(name),
    nameOf: (interval) => names.get(interval),
    contextOf: (name) => contexts.get(name),
  };
}

const saturationOf = ({ name, type }: Node): string =>
  `node "${name}" (${type}): products of 8-bit numbers saturate on processors without VNNI; int8 weights within ±${greatestSafeWeight} (reduce_range) never do`;

function inputIntervals(p: Program, model: TypedModel, { lower, upper }: Interval): [string, Interval][] {
  const most = inputParts(p, model, upper);
  return inputParts(p, model, lower).map((least, at) => [
    least.input.name,
    { lower: asBound(p, least), upper: asBound(p, most[at] ?? least) },
  ]);
}

function nodeInterval(context: IntervalContext): Interval {
  const { node, index } = context;
  const operator = operatorOf(node.type, node.domain);
  if (operator?.interval === undefined)
    throw new Unbounded(`node "${node.name}" (${node.type}): this operator has no bound rule`);
  if (index > 0 && operator.outputs !== 'each')
    throw new Unbounded(`node "${node.name}" (${node.type}): only its first output is bounded`);
  if (!isBoundable(context.output.dtype, operator.integers === true)) {
    throw new Unbounded(
      `node "${node.name}" (${node.type}): only float32 is bounded, not ${context.output.dtype}`,
    );
  }
  return operator.interval(context);
}

function attempt(rule: () => Interval): Interval | Unbounded {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Unbounded) return error;
    if (error instanceof NotLowered || error instanceof ProgramError) return new Unbounded(error.message);
    throw error;
  }
}

const integerTypes: ReadonlySet<DType> = new Set([
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
]);

const isBoundable = (dtype: DType, integers: boolean): boolean =>
  dtype === 'float32' || (integers && integerTypes.has(dtype));

/** A point; where the constant is infinite or NaN, nothing is known, as of any value. */
function constantInterval(p: Program, value: Tensor, name: string, rounding: Rounding): Interval {
  if (!isFloat(value.dtype)) return integerConstant(p, value, name, rounding);
  const bounds = point(p.cast(p.constant(value), rounding.dtype));
  return allFinite(value) ? bounds : unlessInfinite(p, bounds, bounds);
}

/** Integers and booleans as floats; only where floats hold them exactly. */
function integerConstant(p: Program, value: Tensor, name: string, rounding: Rounding): Interval {
  if (!integerTypes.has(value.dtype)) throw new Unbounded(`constant "${name}" is ${value.dtype}`);
  const numbers = toNumbers(value);
  if (numbers.some((number) => Math.abs(number) > greatestExactInteger))
    throw new Unbounded(`constant "${name}" has integers beyond 2^24`);
  return point(p.cast(p.constant(float32(numbers, value.shape)), rounding.dtype));
}

/** Up to here float32 has every integer. */
export const greatestExactInteger = 2 ** 24;
