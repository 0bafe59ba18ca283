// An expression in the graph, in float64, so that it computes what evaluate.ts does but for the order of sums.
import { staticDim } from '../../../program/dims.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import { type Condition, conjuncts, type Expression, type Numeric } from './syntax.js';

/** All of them per row of a batch. */
export type Rows = {
  /** float64 [batch, elements] */
  readonly x: Value;
  readonly y: Value;
  /** float64 [batch] */
  readonly label: Value;
};

/** bool [batch]: the assertion is not true; and float64 [batch]: its margin. */
export const encodeExpression = (p: Program, { assertion }: Expression, rows: Rows) => ({
  violated: p.not(holds(p, assertion, rows)),
  margin: marginOf(p, assertion, rows),
});

/** int64 [batch]: position of the first part of the assertion that does not hold; undefined where it has but one. */
export function firstFalse(p: Program, { assertion }: Expression, rows: Rows): Value | undefined {
  const parts = conjuncts(assertion).map((part) => p.cast(p.not(holds(p, part, rows)), 'float32'));
  if (parts.length === 1) return undefined;
  return p.argMax(
    p.concat(
      parts.map((part) => p.reshape(part, [...part.shape, 1])),
      1,
    ),
    1,
  );
}

function holds(p: Program, condition: Condition, rows: Rows): Value {
  switch (condition.kind) {
    case 'and':
      return p.and(holds(p, condition.left, rows), holds(p, condition.right, rows));
    case 'or':
      return p.or(holds(p, condition.left, rows), holds(p, condition.right, rows));
    case 'implies':
      return p.or(p.not(holds(p, condition.left, rows)), holds(p, condition.right, rows));
    case 'not':
      return p.not(holds(p, condition.of, rows));
    case 'comparison':
      return relation(p, condition, rows);
  }
}

/** False where a side is NaN. */
function relation(p: Program, { operator, left, right }: Comparing, rows: Rows): Value {
  const [a, b] = [numberOf(p, left, rows), numberOf(p, right, rows)];
  switch (operator) {
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

type Comparing = Extract<Condition, { kind: 'comparison' }>;

function marginOf(p: Program, condition: Condition, rows: Rows): Value {
  switch (condition.kind) {
    case 'and':
      return p.min(marginOf(p, condition.left, rows), marginOf(p, condition.right, rows));
    case 'or':
      return p.max(marginOf(p, condition.left, rows), marginOf(p, condition.right, rows));
    case 'implies':
      return p.max(p.neg(marginOf(p, condition.left, rows)), marginOf(p, condition.right, rows));
    case 'not':
      return p.neg(marginOf(p, condition.of, rows));
    case 'comparison':
      return comparisonMargin(p, condition, rows);
  }
}

function comparisonMargin(p: Program, { operator, left, right }: Comparing, rows: Rows): Value {
  const [a, b] = [numberOf(p, left, rows), numberOf(p, right, rows)];
  const margin = (): Value => {
    switch (operator) {
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
    case 'label':
      return rows.label;
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
  if (index !== 'label') return perRow(p, p.slice(values, 1, index, index + 1));
  const here = isAt(p, values, rows.label);
  const chosen = perRow(p, p.reduceSum(p.where(here, values, 0), [1]));
  const known = perRow(p, p.reduceMax(p.cast(here, 'float32'), [1]));
  return p.where(p.greater(known, 0), chosen, Number.NaN);
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
function reduction(p: Program, by: 'argmax' | 'argmin' | 'max' | 'min' | 'sum', values: Value): Value {
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
    }
  };
  const nan = perRow(p, p.reduceMax(p.cast(p.isNaN(values), 'float32'), [1]));
  return p.where(p.greater(nan, 0), Number.NaN, result());
}

/** bool [batch, n]: the column that a number names. */
function isAt(p: Program, values: Value, position: Value): Value {
  const columns = Float64Array.from({ length: staticDim(values.shape, 1) }, (_, at) => at);
  const all = p.constant({ dtype: 'float64', shape: [1, columns.length], data: columns });
  return p.equal(p.reshape(position, [...position.shape, 1]), all);
}

/** [batch, 1] -> [batch] */
const perRow = (p: Program, column: Value): Value => p.reshape(column, column.shape.slice(0, 1));
