// An expression in the graph, in float64, so that it computes what evaluate.ts does but for the order of sums.

import {
  type Condition,
  conjuncts,
  type Expression,
  type Numeric,
  opposite,
  premiseOf,
  type Reduction,
} from '../../../policy/expression/syntax.js';
import { staticDim } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { anyNaN } from '../watched.js';

/** All of them per row of a batch. */
export type Rows = {
  /** float64 [batch, elements] */
  readonly x: Value;
  readonly y: Value;
  /** float64 [batch] */
  readonly label: Value;
  /** float64 [batch], and float64 [batch, elements]; only where the assertion speaks of them. */
  readonly predicted?: Value | undefined;
  readonly row?: Value | undefined;
};

/** bool [batch]: the assertion is not true, or an output is not a number; and float64 [batch]: its margin. */
export function encodeExpression(p: Program, { assertion }: Expression, rows: Rows) {
  const premise = premiseOf(assertion);
  const nan = anyNaN(p, rows.y);
  // Where inputs are not what the assertion is about, outputs do not matter.
  const broken = premise === undefined ? nan : p.and(nan, p.not(holds(p, premise, rows, false)));
  return {
    violated: p.or(p.not(holds(p, assertion, rows, true)), broken),
    margin: p.where(broken, -Infinity, marginOf(p, assertion, rows, true)),
  };
}

/** int64 [batch]: position of the first part of the assertion that does not hold; undefined where it has but one. */
export function firstFalse(p: Program, { assertion }: Expression, rows: Rows): Value | undefined {
  const parts = conjuncts(assertion).map((part) => p.cast(p.not(holds(p, part, rows, true)), 'float32'));
  if (parts.length === 1) return undefined;
  return p.argMax(
    p.concat(
      parts.map((part) => p.reshape(part, [...part.shape, 1])),
      1,
    ),
    1,
  );
}

/** That it is true, or that it is false: neither where a comparison that matters has a side that is NaN. */
function holds(p: Program, condition: Condition, rows: Rows, wanted: boolean): Value {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const join = (condition.kind === 'and') === wanted ? p.and : p.or;
      return join(holds(p, condition.left, rows, wanted), holds(p, condition.right, rows, wanted));
    }
    case 'implies': {
      const join = wanted ? p.or : p.and;
      return join(holds(p, condition.left, rows, !wanted), holds(p, condition.right, rows, wanted));
    }
    case 'not':
      return holds(p, condition.of, rows, !wanted);
    case 'member':
      return isMember(p, condition, rows, wanted);
    case 'comparison':
      return relation(p, condition, rows, wanted);
  }
}

/** False where a side is NaN. */
function relation(p: Program, { operator, left, right }: Comparing, rows: Rows, wanted: boolean): Value {
  const [a, b] = [numberOf(p, left, rows), numberOf(p, right, rows)];
  switch (wanted ? operator : opposite[operator]) {
    case '<':
      return p.less(a, b);
    case '<=':
      return p.lessOrEqual(a, b);
    case '>':
      return p.greater(a, b);
    case '>=':
      return p.greaterOrEqual(a, b);
    case '==':
      return p.equal(a, b);
    case '!=':
      return p.or(p.less(a, b), p.greater(a, b));
  }
}

type Member = Extract<Condition, { kind: 'member' }>;

/** Of equal outputs the earlier one is ahead. */
function isMember(p: Program, { of, count }: Member, rows: Rows, wanted: boolean): Value {
  const { y } = rows;
  const place = numberOf(p, of, rows);
  const own = elementAt(p, y, place);
  const column = (value: Value) => p.reshape(value, [...value.shape, 1]);
  const earlier = p.less(columnsOf(p, y), column(place));
  const ahead = p.or(p.greater(y, column(own)), p.and(p.equal(y, column(own)), earlier));
  const counted = perRow(p, p.reduceSum(p.cast(ahead, 'float64'), [1]));
  const known = p.not(p.or(p.isNaN(own), anyNaN(p, y)));
  return p.and(known, wanted ? p.less(counted, count) : p.greaterOrEqual(counted, count));
}

type Comparing = Extract<Condition, { kind: 'comparison' }>;

/** Of the condition, or of its opposite. */
function marginOf(p: Program, condition: Condition, rows: Rows, wanted: boolean): Value {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const join = (condition.kind === 'and') === wanted ? p.min : p.max;
      return join(marginOf(p, condition.left, rows, wanted), marginOf(p, condition.right, rows, wanted));
    }
    case 'implies': {
      const join = wanted ? p.max : p.min;
      return join(marginOf(p, condition.left, rows, !wanted), marginOf(p, condition.right, rows, wanted));
    }
    case 'not':
      return marginOf(p, condition.of, rows, !wanted);
    case 'member':
      return memberMargin(p, condition, rows, wanted);
    case 'comparison':
      return comparisonMargin(p, condition, rows, wanted);
  }
}

/** The class against the one that it must be ahead of: the so manieth greatest of the others. */
function memberMargin(p: Program, { of, count }: Member, rows: Rows, wanted: boolean): Value {
  const place = numberOf(p, of, rows);
  const own = elementAt(p, rows.y, place);
  let others = p.where(isAt(p, rows.y, place), -Infinity, rows.y);
  const further = Math.min(count, staticDim(rows.y.shape, 1));
  for (let taken = 1; taken < further; taken++)
    others = p.where(isAt(p, others, p.cast(p.argMax(others, 1), 'float64')), -Infinity, others);
  const beyond = count >= staticDim(rows.y.shape, 1);
  const rival = beyond ? p.fillLike(own, -Infinity) : perRow(p, p.reduceMax(others, [1]));
  const margin = wanted ? difference(p, own, rival) : difference(p, rival, own);
  return p.where(p.or(p.isNaN(own), anyNaN(p, rows.y)), -Infinity, margin);
}

function comparisonMargin(
  p: Program,
  { operator, left, right }: Comparing,
  rows: Rows,
  wanted: boolean,
): Value {
  const [a, b] = [numberOf(p, left, rows), numberOf(p, right, rows)];
  const margin = (): Value => {
    switch (wanted ? operator : opposite[operator]) {
      case '<':
      case '<=':
        return difference(p, b, a);
      case '>':
      case '>=':
        return difference(p, a, b);
      case '==':
        return equality(p, [left, a], [right, b], rows);
      case '!=':
        return p.neg(equality(p, [left, a], [right, b], rows));
    }
  };
  return p.where(p.or(p.isNaN(a), p.isNaN(b)), -Infinity, margin());
}

type Side = readonly [part: Numeric, value: Value];

/** Positions of extremes have no derivative; by how much an element is the extreme has one. */
const equality = (p: Program, [left, a]: Side, [right, b]: Side, rows: Rows): Value =>
  positionMargin(p, left, b, rows) ?? positionMargin(p, right, a, rows) ?? p.neg(p.abs(difference(p, a, b)));

/** By how much a position is, or is not, that of the greatest or smallest element; undefined for other numbers. */
function positionMargin(p: Program, side: Numeric, position: Value, rows: Rows): Value | undefined {
  if (side.kind !== 'reduction' || (side.by !== 'argmax' && side.by !== 'argmin')) return undefined;
  const values = side.by === 'argmax' ? rows[side.of] : p.neg(rows[side.of]);
  const here = isAt(p, values, position);
  const greatest = (chosen: Value) => perRow(p, p.reduceMax(chosen, [1]));
  return difference(
    p,
    greatest(p.where(here, values, -Infinity)),
    greatest(p.where(here, -Infinity, values)),
  );
}

/** a - b, and 0 for equal infinities. */
const difference = (p: Program, a: Value, b: Value): Value => p.where(p.equal(a, b), 0, p.sub(a, b));

function numberOf(p: Program, part: Numeric, rows: Rows): Value {
  switch (part.kind) {
    case 'number':
      return p.add(p.fillLike(rows.label, 0), part.value);
    case 'class':
      return p.add(p.fillLike(rows.label, 0), part.index);
    case 'label':
      return rows.label;
    case 'predicted':
      return required(rows.predicted);
    case 'row':
      return columnAt(p, required(rows.row), part.index);
    case 'element':
      return element(p, part, rows);
    case 'negative':
      return p.neg(numberOf(p, part.of, rows));
    case 'abs':
      return p.abs(numberOf(p, part.of, rows));
    case 'arithmetic':
      return arithmetic(p, part, rows);
    case 'reduction':
      return reduction(p, part.by, rows[part.of]);
    case 'extremum': {
      const columns = part.of.map((each) => numberOf(p, each, rows));
      return reduction(
        p,
        part.by,
        p.concat(
          columns.map((column) => p.reshape(column, [...column.shape, 1])),
          1,
        ),
      );
    }
  }
}

function element(p: Program, { of, index }: Extract<Numeric, { kind: 'element' }>, rows: Rows): Value {
  const values = rows[of];
  if (typeof index === 'number') return columnAt(p, values, index);
  return elementAt(p, values, index === 'label' ? rows.label : required(rows.predicted));
}

const columnAt = (p: Program, values: Value, index: number): Value =>
  perRow(p, p.slice(values, 1, index, index + 1));

/** NaN where there is no such element. */
function elementAt(p: Program, values: Value, place: Value): Value {
  const here = isAt(p, values, place);
  const chosen = perRow(p, p.reduceSum(p.where(here, values, 0), [1]));
  const known = perRow(p, p.reduceMax(p.cast(here, 'float32'), [1]));
  return p.where(p.greater(known, 0), chosen, Number.NaN);
}

function required(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('the assertion speaks of a row, and none is given');
  return value;
}

function arithmetic(
  p: Program,
  { operator, left, right }: Extract<Numeric, { kind: 'arithmetic' }>,
  rows: Rows,
): Value {
  const [a, b] = [numberOf(p, left, rows), numberOf(p, right, rows)];
  switch (operator) {
    case '+':
      return p.add(a, b);
    case '-':
      return p.sub(a, b);
    case '*':
      return p.mul(a, b);
    case '/':
      return p.div(a, p.where(p.equal(b, 0), 0, b));
  }
}

/** NaN where some element is, which ONNX Runtime's kernels may lose. values: [batch, n] -> [batch]. */
function reduction(p: Program, by: Reduction, values: Value): Value {
  const result = (): Value => {
    switch (by) {
      case 'max':
        return perRow(p, p.reduceMax(values, [1]));
      case 'min':
        return perRow(p, p.reduceMin(values, [1]));
      case 'sum':
        return perRow(p, p.reduceSum(values, [1]));
      case 'argmax':
        return p.cast(p.argMax(values, 1), 'float64');
      case 'argmin':
        return p.cast(p.argMax(p.neg(values), 1), 'float64');
      case 'confidence': {
        const shifted = p.sub(values, p.reduceMax(values, [1]));
        return p.div(
          p.fillLike(perRow(p, p.reduceMax(values, [1])), 1),
          perRow(p, p.reduceSum(p.exp(shifted), [1])),
        );
      }
    }
  };
  const nan = perRow(p, p.reduceMax(p.cast(p.isNaN(values), 'float32'), [1]));
  return p.where(p.greater(nan, 0), Number.NaN, result());
}

/** bool [batch, n]: the column that a number names. */
const isAt = (p: Program, values: Value, position: Value): Value =>
  p.equal(p.reshape(position, [...position.shape, 1]), columnsOf(p, values));

/** float64 [1, n]: 0, 1, 2, ... */
function columnsOf(p: Program, values: Value): Value {
  const columns = Float64Array.from({ length: staticDim(values.shape, 1) }, (_, at) => at);
  return p.constant({ dtype: 'float64', shape: [1, columns.length], data: columns });
}

/** [batch, 1] -> [batch] */
const perRow = (p: Program, column: Value): Value => p.reshape(column, column.shape.slice(0, 1));
