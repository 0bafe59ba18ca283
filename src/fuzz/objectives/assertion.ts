import { float64 } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import type { Fixed } from '../../policy/expression/linear.js';
import type { Condition, Expression } from '../../policy/expression/syntax.js';
import { leaves, rowClassesIn } from '../../policy/expression/syntax.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { encodeExpression, firstFalse, type Rows } from './expression/encode.js';
import { nothingProven, type Proven, watched } from './watched.js';

export type Asserted = {
  readonly expression: Expression;
  readonly assume: Condition | undefined;
  /** Of each instance, by number. */
  readonly fixed: readonly Fixed[];
};

/**
 * Assertion: violated where inputs satisfy the assumption and the expression is not true, or an output is NaN. Targets are numbers of
 * instances, which say what is known of the row.
 */
export function assertion(model: TypedModel, asserted: Asserted, proven: Proven = nothingProven): Encode {
  const { expression, assume } = asserted;
  const { assertion: claimed, text } = expression;
  const whole: Expression =
    assume === undefined
      ? expression
      : { text, assertion: { kind: 'implies', left: assume, right: claimed } };
  return (p, x, target) => {
    const { seen } = watched(p, model, x, proven);
    const rows = {
      x: p.cast(p.mergeInto(x, 1), 'float64'),
      y: p.cast(p.mergeInto(seen.output.value, 1), 'float64'),
      ...known(p, whole.assertion, asserted.fixed, target),
    };
    const { violated, margin: exact } = encodeExpression(p, whole, rows);
    const margin = p.cast(exact, 'float32');
    const cluster = firstFalse(p, expression, rows);
    const side = p.cast(violated, 'int64');
    return { ...seen, violated, margin, losses: [margin], ...(cluster && { cluster }), side };
  };
}

/** Looked up by instance, as far as the assertion speaks of it. */
function known(
  p: Program,
  condition: Condition,
  fixed: readonly Fixed[],
  target: Value,
): Omit<Rows, 'x' | 'y'> {
  const classes = rowClassesIn(condition);
  const column = (pick: (each: Fixed) => number | undefined) =>
    p.gather(p.constant(float64(fixed.map((each) => pick(each) ?? Number.NaN))), target, 0);
  const size = fixed[0]?.row?.length ?? 0;
  const table = () => {
    const all = fixed.flatMap(({ row }) => Array.from(row ?? []));
    return p.gather(p.constant(float64(all, [fixed.length, size])), target, 0);
  };
  const speaksOfRow = leaves(condition).some(({ kind }) => kind === 'row');
  return {
    label: classes.has('label') ? column(({ label }) => label) : p.mul(p.cast(target, 'float64'), 0),
    ...(classes.has('predicted') && { predicted: column(({ predicted }) => predicted) }),
    ...(speaksOfRow && { row: table() }),
  };
}
