// One more leading axis through a program: what is written for one instance, or one row, runs on many at once.
import { type Dim, productDim } from './dims.js';
import type { Program } from './program.js';
import { ProgramError } from './program-error.js';
import { ints, only, pair, reachable, type Value } from './value.js';

/** An input of a primitive, with the extra axis in front where it has one. */
type Argument = { readonly value: Value; readonly mapped: boolean };
/** The value with the extra axis, from its inputs, of which one at least has it. */
type Rule = (p: Program, value: Value, inputs: readonly Argument[]) => Value;

/**
 * `value` with placeholders replaced by values that have an extra leading axis; all extra axes have one size. The result has
 * that axis where it depends on a replaced value. `others` replaces values without adding an axis.
 * @throws ProgramError where a primitive cannot be run on many rows at once, such as a node that is passed on
 */
export const vmap = (
  p: Program,
  value: Value,
  placeholders: ReadonlyMap<Value, Value>,
  others?: ReadonlyMap<Value, Value>,
): Argument => mapper(p, placeholders, others)(value);

/** As vmap, for any number of values of one program. */
export function mapper(
  p: Program,
  placeholders: ReadonlyMap<Value, Value>,
  others: ReadonlyMap<Value, Value> = new Map(),
): (value: Value) => Argument {
  const done = new Map<Value, Argument>();
  for (const [from, to] of placeholders) done.set(from, { value: to, mapped: true });
  for (const [from, to] of others) done.set(from, { value: to, mapped: false });
  const visit = (value: Value): void => {
    const inputs = value.inputs.map((input) => done.get(input) ?? { value: input, mapped: false });
    if (inputs.some(({ mapped }) => mapped))
      done.set(value, { value: applyRule(p, value, inputs), mapped: true });
    else if (inputs.some((input, at) => input.value !== value.inputs[at]))
      done.set(value, {
        value: p.again(
          value,
          inputs.map((input) => input.value),
        ),
        mapped: false,
      });
    else done.set(value, { value, mapped: false });
  };
  return (value) => {
    if (!done.has(value)) for (const needed of reachable([value])) if (!done.has(needed)) visit(needed);
    return done.get(value) ?? { value, mapped: false };
  };
}

function applyRule(p: Program, value: Value, inputs: readonly Argument[]): Value {
  const table: Record<string, Rule> = rules;
  const rule = table[value.primitive];
  if (rule === undefined)
    throw new ProgramError(`${value.foreign?.type ?? value.primitive} cannot be run on many rows at once`);
  return rule(p, value, inputs);
}

/** With the extra axis, whether it had it or not. */
function repeated(p: Program, { value, mapped }: Argument, inputs: readonly Argument[]): Value {
  const like = inputs.find((input) => input.mapped)?.value;
  return mapped || like === undefined ? value : p.repeatLike(value, like);
}

/** Ones behind the extra axis, so that broadcasting meets the same axes as before. `rank` is without the extra axis. */
function aligned(p: Program, { value, mapped }: Argument, rank: number): Value {
  const missing = rank + 1 - value.shape.length;
  if (!mapped || missing === 0) return value;
  return p.reshape(value, [value.shape[0] ?? 1, ...new Array<Dim>(missing).fill(1), ...value.shape.slice(1)]);
}

const sameEverywhere: Rule = (p, value, inputs) =>
  p.again(
    value,
    inputs.map((input) => input.value),
  );

const broadcasting: Rule = (p, value, inputs) =>
  p.again(
    value,
    inputs.map((input) => aligned(p, input, value.shape.length)),
  );

/** Reductions keep their rank. */
const reducing: Rule = (p, value, [x]) =>
  p.again(value, x ? [x.value] : [], { axes: ints(value.attributes, 'axes').map((axis) => axis + 1) });

/** Primitives with one attribute `axis`, whose inputs must all have the extra axis. */
const along: Rule = (p, value, inputs) =>
  p.again(
    value,
    inputs.map((input) => repeated(p, input, inputs)),
    { ...value.attributes, axis: Number(value.attributes.axis) + 1 },
  );

/** Kernels with a batch axis of their own: the extra axis joins it. Weights may not have the extra axis. */
const joiningBatch: Rule = (p, value, [x, ...weights]) => {
  if (x === undefined || weights.some(({ mapped }) => mapped))
    throw new ProgramError(`${value.primitive} with weights that differ from row to row`);
  const [rows = 1, batch = 1, ...rest] = x.value.shape;
  const merged = p.reshape(x.value, [productDim([rows, batch]), ...rest]);
  const result = p.again(value, [merged, ...weights.map((weight) => weight.value)]);
  return p.reshape(result, [rows, batch, ...result.shape.slice(1)], x.value);
};

const reshape: Rule = (p, value, inputs) => {
  const [x, like] = inputs.map((input) => repeated(p, input, inputs));
  const input = x ?? only(value.inputs);
  return p.reshape(input, [input.shape[0] ?? 1, ...value.shape], like);
};

const transpose: Rule = (p, value, [x]) =>
  p.transpose(x?.value ?? only(value.inputs), [
    0,
    ...ints(value.attributes, 'order').map((axis) => axis + 1),
  ]);

const pad: Rule = (p, value, [x]) =>
  p.again(value, x ? [x.value] : [], {
    ...value.attributes,
    before: [0, ...ints(value.attributes, 'before')],
    after: [0, ...ints(value.attributes, 'after')],
  });

/** Only the shape of the second input counts. */
const expandLike: Rule = (p, value, inputs) => {
  const [x, like] = pair(inputs.map((input) => repeated(p, input, inputs)));
  return p.expandLike(aligned(p, { value: x, mapped: true }, value.shape.length), like);
};

const swapFirst = (p: Program, x: Value): Value =>
  p.transpose(x, [1, 0, ...x.shape.slice(2).map((_, at) => at + 2)]);

/** Rows of copies go behind the extra axis. */
const repeatLike: Rule = (p, _value, [x, like]) => {
  if (x === undefined || like === undefined) throw new ProgramError('copies of nothing');
  const copies = p.repeatLike(x.value, like.mapped ? swapFirst(p, like.value) : like.value);
  return x.mapped ? swapFirst(p, copies) : p.repeatLike(copies, like.value);
};

const expand: Rule = (p, value, [x]) => {
  const input = aligned(p, x ?? { value: only(value.inputs), mapped: false }, value.shape.length);
  return p.expand(input, [input.shape[0] ?? 1, ...value.shape]);
};

const gather: Rule = (p, value, [x, indices]) => {
  const axis = Number(value.attributes.axis);
  if (x === undefined || indices === undefined) throw new ProgramError('gather of nothing');
  if (!indices.mapped) return p.gather(x.value, indices.value, axis + 1);
  if (x.mapped) throw new ProgramError('gather at indices that differ from row to row');
  const result = p.gather(x.value, indices.value, axis);
  // The extra axis came in with the indices, behind the axes before `axis`.
  const order = result.shape.map((_, at) => (at === 0 ? axis : at <= axis ? at - 1 : at));
  return p.transpose(result, order);
};

const matmul: Rule = (p, value, inputs) => {
  const rank = Math.max(...value.inputs.map((input) => input.shape.length));
  const [a, b] = pair(inputs.map((input) => aligned(p, input, rank)));
  return p.matmul(a, b);
};

/** One rule per primitive; sources have none, and foreign nodes cannot be asked for one. */
export const rules = {
  neg: sameEverywhere,
  abs: sameEverywhere,
  sqrt: sameEverywhere,
  exp: sameEverywhere,
  log: sameEverywhere,
  reciprocal: sameEverywhere,
  sigmoid: sameEverywhere,
  tanh: sameEverywhere,
  relu: sameEverywhere,
  softplus: sameEverywhere,
  sin: sameEverywhere,
  cos: sameEverywhere,
  erf: sameEverywhere,
  sign: sameEverywhere,
  floor: sameEverywhere,
  ceil: sameEverywhere,
  round: sameEverywhere,
  detach: sameEverywhere,
  isNaN: sameEverywhere,
  isInf: sameEverywhere,
  not: sameEverywhere,
  cast: sameEverywhere,
  fillLike: sameEverywhere,
  add: broadcasting,
  sub: broadcasting,
  mul: broadcasting,
  div: broadcasting,
  pow: broadcasting,
  max: broadcasting,
  min: broadcasting,
  greater: broadcasting,
  greaterOrEqual: broadcasting,
  less: broadcasting,
  lessOrEqual: broadcasting,
  equal: broadcasting,
  and: broadcasting,
  or: broadcasting,
  where: broadcasting,
  reduceSum: reducing,
  reduceMean: reducing,
  reduceMax: reducing,
  reduceMin: reducing,
  argMax: along,
  softmax: along,
  logSoftmax: along,
  concat: along,
  slice: along,
  piece: along,
  gatherElements: along,
  scatterElements: along,
  replaceElements: along,
  matmul,
  conv: joiningBatch,
  convTranspose: joiningBatch,
  maxPool: joiningBatch,
  globalAveragePool: joiningBatch,
  reshape,
  transpose,
  pad,
  expandLike,
  repeatLike,
  expand,
  gather,
} satisfies Record<string, Rule>;
