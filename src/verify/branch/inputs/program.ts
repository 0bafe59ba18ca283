// Backward bounds of many sub-problems at once: what crown/ writes for one box, mapped over a batch of boxes. Rows of the
// specification and of hidden elements go backwards together, each joining where its value is: one pass, however deep the network.
import { greatestFinite, isFloat } from '../../../base/dtype.js';
import { zeros } from '../../../base/tensor.js';
import { fileInputs } from '../../../graph/inputs.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { type BoundedModel, boundModel } from '../../../ops/bound-model.js';
import { Unbounded } from '../../../ops/operator.js';
import type { Rounding } from '../../../ops/rounding.js';
import { type Dims, staticSize } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { mapper } from '../../../program/vmap.js';
import { concretize, type Frame, type Joining, newLedger, toInputs } from '../../crown/backward.js';
import { unitRows } from '../../crown/unit-rows.js';

export type Layout = {
  /** Names of hidden values of which sub-problems have bounds of their own, in the order of the graph. */
  readonly hidden: readonly string[];
  /** Rows of the specification. */
  readonly rows: number;
  /** Whether the specification has coefficients of the input. */
  readonly mixed: boolean;
};

/**
 * Inputs, for n sub-problems: `known` [n, 2 inputs + 2 hidden elements], the box's lower and upper ends, then lower bounds of all
 * hidden values that hold within it, then upper ones; `indices{k}` int32 [n, m_k], elements to be bounded; `outputs` [n, rows, outputs] and, where it is mixed, `inputs` [n, rows, inputs], coefficients
 * of the specification. Outputs, for all rows: first those of the specification, then, hidden value by hidden value from the last
 * to the first, z_i of its m_k elements and -z_i.
 */
export type BoundingValues = {
  /** [n, all rows] lower bounds. */
  readonly bound: Value;
  /** [n, all rows, inputs], with coefficients . x + constant <= the row at every x of the box. */
  readonly coefficients: Value;
  /** [n, all rows] */
  readonly constant: Value;
  /** Hidden values whose rows are there, in the order of their rows: those that the output depends on. */
  readonly joined: readonly number[];
};

/**
 * Flat lines pass no looseness of earlier bounds on, and where a row is least its values are rather low. 67 proofs of ACAS Xu take 11,394
 * sub-problems (with 1: 12,446; with 2.5 more than that).
 */
const steepFrom = 1.4;

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
  const one = openPlaceholders(p, model, layout, rounding);
  const known = new Map(
    layout.hidden.map((name, k) => [name, { lower: one.get(`lower${k}`), upper: one.get(`upper${k}`) }]),
  );
  const bounded = boundModel(p, model, { lower: one.get('lower'), upper: one.get('upper') }, rounding, known);
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  const joined: number[] = [];
  const observe = (name: string) => {
    if (layout.hidden.includes(name)) joined.push(layout.hidden.indexOf(name));
  };
  const frame: Frame = { p, rounding, bounded, order, observe, steepFrom };
  const unitRows = rowMaker(frame);
  const joins = new Map(
    layout.hidden.map((name, k) => [name, unitRows(one.get(`lower${k}`).shape, one.get(`indices${k}`))]),
  );
  const ledger = newLedger(frame);
  const parts = inputsOf(model, bounded);
  const ends = toInputs(frame, startOf(p, layout, one, parts, model.output.name, bounded), ledger, joins);
  // Constants are ends, too.
  for (const [name, a] of ends)
    if (!parts.some((part) => part.name === name)) concretize(frame, name, a, ledger);
  const coefficients = parts.map(({ name }) => {
    const a = ends.get(name);
    if (a === undefined) throw new Unbounded(`the output does not depend on "${name}"`);
    const single = asSingle(p, a);
    // What coefficients lose as float32 belongs to the constant.
    if (single !== a) concretize(frame, name, p.sub(a, p.cast(single, a.dtype)), ledger);
    return single;
  });
  const constant = ledger.total();
  parts.forEach(({ name }, at) => {
    const single = coefficients[at];
    if (single !== undefined) concretize(frame, name, p.cast(single, rounding.dtype), ledger);
  });
  const flat = coefficients.map((a, at) => p.reshape(a, [...a.shape.slice(0, 1), parts[at]?.size ?? 1]));
  const mapped = mapper(p, one.mapped);
  const each = (value: Value) => mapped(value).value;
  return {
    bound: each(belowAsSingle(p, ledger.total())),
    coefficients: each(p.concat(flat, 1)),
    constant: each(belowAsSingle(p, constant)),
    joined,
  };
}

const asSingle = (p: Program, value: Value): Value => p.cast(value, 'float32');

/** float32 numbers that are not above: each is moved down by more than the conversion rounds; beyond the greatest there is none. */
function belowAsSingle(p: Program, bound: Value): Value {
  if (bound.dtype === 'float32') return bound;
  const lowered = p.sub(bound, p.add(p.mul(p.abs(bound), 2 ** -22), 2 ** -120));
  return asSingle(p, p.min(lowered, greatestFinite.float32));
}

/** One input of the file; in a row of data they come one after the other. */
type Part = { readonly name: string; readonly shape: Dims; readonly size: number };

function inputsOf(model: TypedModel, bounded: BoundedModel): Part[] {
  return fileInputs(model).map(({ name, dtype }) => {
    if (!isFloat(dtype)) throw new Unbounded(`input "${name}" is ${dtype}, which is rounded`);
    const { shape } = bounded.bounds(name).lower;
    return { name, shape, size: staticSize(shape) };
  });
}

type Placeholders = {
  /** The placeholder of one sub-problem. */
  get(name: string): Value;
  /** Placeholders and the inputs that have a batch. */
  readonly mapped: ReadonlyMap<Value, Value>;
};

function openPlaceholders(p: Program, model: TypedModel, layout: Layout, rounding: Rounding): Placeholders {
  const mapped = new Map<Value, Value>();
  const values = new Map<string, Value>();
  const open = (name: string, shape: Dims, dtype: 'float32' | 'int32' = 'float32') => {
    const placeholder = p.input(`one/${name}`, dtype, shape);
    mapped.set(placeholder, p.input(name, dtype, ['batch', ...shape]));
    values.set(name, dtype === 'float32' ? p.cast(placeholder, rounding.dtype) : placeholder);
  };
  const parts = knownParts(model, layout);
  const sizes = parts.map(({ shape }) => staticSize(shape));
  open('known', [sizes.reduce((sum, size) => sum + size, 0)]);
  const pieces = p.split(placed(values, 'known'), 0, sizes);
  for (const [at, piece] of pieces.entries()) {
    const { name = '', shape = [] } = parts[at] ?? {};
    values.set(name, p.reshape(piece, shape));
  }
  for (const k of layout.hidden.keys()) open(`indices${k}`, [`m${k}`], 'int32');
  open('outputs', [layout.rows, staticSize(model.output.shape)]);
  if (layout.mixed) open('inputs', [layout.rows, staticSize(model.input.shape)]);
  return { get: (name) => placed(values, name), mapped };
}

/** What lies one after the other in `known`. */
function knownParts(
  model: TypedModel,
  { hidden }: Layout,
): { readonly name: string; readonly shape: Dims }[] {
  const ends = ['lower', 'upper'] as const;
  const shapes = hidden.map((name) => model.types.get(name)?.shape ?? []);
  return [
    ...ends.map((name) => ({ name, shape: model.input.shape })),
    ...ends.flatMap((end) => shapes.map((shape, k) => ({ name: `${end}${k}`, shape }))),
  ];
}

function placed(values: ReadonlyMap<string, Value>, name: string): Value {
  const found = values.get(name);
  if (found === undefined) throw new RangeError(`no input "${name}"`);
  return found;
}

/** Values of more elements have no table of rows: it has twice the square of them, and is written into the program. */
const greatestTable = 128;

/** Rows e_i of the elements at `indices` [m], then -e_i: [2 m, ...shape]. */
function rowMaker(frame: Frame): (shape: Dims, indices: Value) => Joining {
  const { p, rounding } = frame;
  const tables = new Map<string, Value>();
  const tableOf = (shape: Dims, size: number): Value => {
    const known = tables.get(shape.join());
    const table = known ?? p.constant({ ...unitRows(size), shape: [2 * size, ...shape.map(Number)] });
    tables.set(shape.join(), table);
    return p.cast(table, rounding.dtype);
  };
  return (shape, indices) => {
    const size = staticSize(shape);
    if (size > greatestTable) return comparedRows(frame, shape, indices);
    const places = p.concat([indices, p.add(indices, size)], 0);
    return {
      rows: p.gather(tableOf(shape, size), places, 0),
      none: (width) => p.gather(zerosOf(frame, 2 * size, width), places, 0),
    };
  };
}

const zerosOf = ({ p, rounding }: Frame, rows: number, width: number): Value =>
  p.cast(p.constant(zeros('float32', [rows, width])), rounding.dtype);

function comparedRows(frame: Frame, shape: Dims, indices: Value): Joining {
  const { p, rounding } = frame;
  const places = Int32Array.from({ length: staticSize(shape) }, (_, at) => at);
  const all = p.constant({ dtype: 'int32', shape: [1, places.length], data: places });
  const ones = p.cast(p.equal(p.reshape(indices, [...indices.shape, 1]), all), rounding.dtype);
  const both = p.concat([ones, p.neg(ones)], 0);
  return {
    rows: p.reshape(both, [...both.shape.slice(0, 1), ...shape]),
    none: (width) => p.mul(p.slice(both, 1, 0, 1), zerosOf(frame, 1, width)),
  };
}

function startOf(
  p: Program,
  { rows, mixed }: Layout,
  one: Placeholders,
  parts: readonly Part[],
  output: string,
  bounded: BoundedModel,
): Map<string, Value> {
  const { shape } = bounded.bounds(output).lower;
  const start = new Map([[output, p.reshape(one.get('outputs'), [rows, ...shape])]]);
  if (!mixed) return start;
  let from = 0;
  for (const part of parts) {
    const own = p.slice(one.get('inputs'), 1, from, from + part.size);
    start.set(part.name, p.reshape(own, [rows, ...part.shape]));
    from += part.size;
  }
  return start;
}
