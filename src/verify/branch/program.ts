// Backward bounds of many sub-problems at once: what crown/ writes for one box, mapped over a batch of boxes, with what is known
// of hidden values, lower slopes and multipliers as inputs.
import { zeros } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { boundModel, type KnownBounds } from '../../ops/bound-model.js';
import type { Rounding } from '../../ops/rounding.js';
import { type Dims, staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { mapper } from '../../program/vmap.js';
import { concretize, type Frame, newLedger, toInputs } from '../crown/backward.js';
import { boundElements } from '../crown/rows.js';

/** A hidden value of which sub-problems have bounds of their own. */
export type Hidden = {
  readonly name: string;
  /** Names of the relaxed values that read it, which take its slopes. */
  readonly readers: readonly string[];
  /** Whether chosen elements are bounded again, inside the box of the sub-problem. */
  readonly refined: boolean;
};

export type Layout = {
  readonly hidden: readonly Hidden[];
  /** Rows of the specification. */
  readonly rows: number;
  /** Lower slopes as inputs `slopes{k}` [batch, ...hidden k]. */
  readonly slopes: boolean;
  /** Multipliers of half spaces of hidden values as inputs `multipliers{k}` [batch, ...hidden k]: coefficients to be added. */
  readonly multipliers: boolean;
};

/**
 * Inputs, for n sub-problems: `lower`, `upper` [n, ...input]; `lower{k}`, `upper{k}` [n, ...hidden k]; `indices{k}` int32 [n, m] of
 * refined values; `outputs` [n, rows, outputs] and `inputs` [n, rows, inputs], coefficients of the specification.
 * Outputs: `bound` [n, rows]; `coefficients` [n, rows, inputs] and `constant` [n, rows], with coefficients . x + constant <= the
 * specification at every x of the box; `least{k}`, `most{k}` [n, m], bounds of the chosen elements.
 */
export type BoundingValues = {
  readonly bound: Value;
  readonly coefficients: Value;
  readonly constant: Value;
  readonly refined: Readonly<Record<string, Value>>;
  /** Coefficients [n, rows, ...y] of relaxed values by name, before the relaxation replaces them. */
  readonly observed: ReadonlyMap<string, Value>;
  /** Inputs by name. */
  readonly inputs: ReadonlyMap<string, Value>;
};

/**
 * @param model one instance
 * @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once
 */
export function buildBounding(
  p: Program,
  model: TypedModel,
  layout: Layout,
  rounding: Rounding,
): BoundingValues {
  const one = openPlaceholders(p, model, layout);
  const { known, refined } = refine(p, model, layout, rounding, one);
  const bounded = boundModel(p, model, one.box, rounding, known);
  const observed = new Map<string, Value>();
  const slopes = new Map(
    layout.slopes
      ? layout.hidden.flatMap(({ readers }, k) => readers.map((name) => [name, one.get(`slopes${k}`)]))
      : [],
  );
  const frame: Frame = {
    p,
    rounding,
    bounded,
    order: orderOf(model),
    slopes,
    observe: (name, a) => observed.set(name, a),
  };
  const ledger = newLedger(frame);
  const ends = toInputs(frame, startOf(p, model, layout, one), ledger);
  // Constants are ends, too.
  for (const [name, a] of ends) if (name !== model.input.name) concretize(frame, name, a, ledger);
  const constant = ledger.total();
  const atInput = ends.get(model.input.name) ?? one.get('inputs');
  concretize(frame, model.input.name, atInput, ledger);
  const flat = [layout.rows, staticSize(model.input.shape)];
  const coefficients = p.reshape(atInput, flat);
  const mapped = mapper(p, one.mapped);
  const each = (value: Value) => mapped(value).value;
  return {
    bound: each(ledger.total()),
    coefficients: each(coefficients),
    constant: each(constant),
    refined: Object.fromEntries(Object.entries(refined).map(([name, value]) => [name, each(value)])),
    observed: new Map([...observed].map(([name, value]) => [name, each(value)])),
    inputs: one.inputs,
  };
}

type Placeholders = {
  readonly box: { readonly lower: Value; readonly upper: Value };
  /** The placeholder of one sub-problem. */
  get(name: string): Value;
  /** Placeholders and the inputs that have a batch. */
  readonly mapped: ReadonlyMap<Value, Value>;
  readonly inputs: ReadonlyMap<string, Value>;
};

function openPlaceholders(p: Program, model: TypedModel, layout: Layout): Placeholders {
  const mapped = new Map<Value, Value>();
  const inputs = new Map<string, Value>();
  const own = new Map<string, Value>();
  const open = (name: string, shape: Dims, dtype: 'float32' | 'int32' = 'float32') => {
    const placeholder = p.input(`one/${name}`, dtype, shape);
    const input = p.input(name, dtype, ['batch', ...shape]);
    mapped.set(placeholder, input);
    inputs.set(name, input);
    own.set(name, placeholder);
    return placeholder;
  };
  const box = { lower: open('lower', model.input.shape), upper: open('upper', model.input.shape) };
  for (const [k, { name, refined }] of layout.hidden.entries()) {
    const { shape = [] } = model.types.get(name) ?? {};
    open(`lower${k}`, shape);
    open(`upper${k}`, shape);
    if (refined) open(`indices${k}`, [`m${k}`], 'int32');
    if (layout.slopes) open(`slopes${k}`, shape);
    if (layout.multipliers) open(`multipliers${k}`, shape);
  }
  open('outputs', [layout.rows, staticSize(model.output.shape)]);
  open('inputs', [layout.rows, staticSize(model.input.shape)]);
  const get = (name: string) => {
    const found = own.get(name);
    if (found === undefined) throw new RangeError(`no input "${name}"`);
    return found;
  };
  return { box, get, mapped, inputs };
}

const orderOf = ({ graph }: TypedModel): string[] => graph.nodes.flatMap(({ outputs }) => outputs);

/** What is known of hidden values once chosen elements are bounded again, value by value: later ones use earlier ones. */
function refine(p: Program, model: TypedModel, { hidden }: Layout, rounding: Rounding, one: Placeholders) {
  const known = new Map<string, { lower: Value; upper: Value }>();
  const refined: Record<string, Value> = {};
  for (const [k, { name }] of hidden.entries())
    known.set(name, { lower: one.get(`lower${k}`), upper: one.get(`upper${k}`) });
  for (const [k, value] of hidden.entries()) {
    if (!value.refined) continue;
    const indices = p.cast(one.get(`indices${k}`), 'int64');
    const found = elementBounds(p, model, value.name, indices, rounding, one, known);
    const given = known.get(value.name) ?? one.box;
    const tightened = {
      least: tighter(p, given.lower, indices, found.least, p.max),
      most: tighter(p, given.upper, indices, found.most, p.min),
    };
    refined[`least${k}`] = tightened.least.chosen;
    refined[`most${k}`] = tightened.most.chosen;
    known.set(value.name, { lower: tightened.least.all, upper: tightened.most.all });
  }
  return { known, refined };
}

/** Bounds [m] of the elements at `indices`. */
function elementBounds(
  p: Program,
  model: TypedModel,
  name: string,
  indices: Value,
  rounding: Rounding,
  { box }: Placeholders,
  known: KnownBounds,
) {
  const bounded = boundModel(p, model, box, rounding, known);
  const rows = boundElements({ p, rounding, bounded, order: orderOf(model) }, name, indices);
  const sides = p.reshape(rows, [2, ...indices.shape]);
  const side = (at: number) => p.reshape(p.slice(sides, 0, at, at + 1), indices.shape);
  return { least: side(0), most: p.neg(side(1)) };
}

/** The tighter of what is given and what was found, for the chosen elements [m] and in place [...value]. */
function tighter(
  p: Program,
  given: Value,
  indices: Value,
  found: Value,
  choose: (a: Value, b: Value) => Value,
) {
  const flat = p.reshape(given, [staticSize(given.shape)]);
  const chosen = choose(p.gatherElements(flat, indices, 0), found);
  return { chosen, all: p.reshape(p.replaceElements(flat, indices, chosen, 0), given.shape) };
}

/** Coefficients to begin with: [rows, ...value] of the output, of the input, and of hidden values with multipliers. */
function startOf(p: Program, model: TypedModel, layout: Layout, one: Placeholders): Map<string, Value> {
  const start = new Map([
    [model.output.name, p.reshape(one.get('outputs'), [layout.rows, ...model.output.shape])],
    [model.input.name, p.reshape(one.get('inputs'), [layout.rows, ...model.input.shape])],
  ]);
  if (!layout.multipliers) return start;
  for (const [k, { name }] of layout.hidden.entries()) {
    const multipliers = one.get(`multipliers${k}`);
    const all = p.constant(zeros('float32', [layout.rows, ...multipliers.shape.map(Number)]));
    start.set(name, p.add(p.reshape(multipliers, [1, ...multipliers.shape]), all));
  }
  return start;
}
