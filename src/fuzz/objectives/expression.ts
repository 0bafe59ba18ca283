import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import { requireElements } from '../../policy/expression/fit.js';
import type { Expression } from '../../policy/expression/syntax.js';
import { encodeExpression, firstFalse } from './expression/encode.js';
import { nothingProven, type Proven, watched } from './watched.js';

/**
 * Expression: violated where an assertion of the user's own is not true of input x, first output y and reference class label.
 * Clusters tell which part of the assertion fails first; inputs on either side of it are the sides.
 */
export function expression(model: TypedModel, written: Expression, proven: Proven = nothingProven): Encode {
  requireElements(written, model);
  return (p, x, target) => {
    const { seen } = watched(p, model, x, proven);
    const rows = {
      x: p.cast(p.mergeInto(x, 1), 'float64'),
      y: p.cast(p.mergeInto(seen.output.value, 1), 'float64'),
      label: p.cast(target, 'float64'),
    };
    const { violated, margin: exact } = encodeExpression(p, written, rows);
    const margin = p.cast(exact, 'float32');
    const cluster = firstFalse(p, written, rows);
    return {
      ...seen,
      violated,
      margin,
      losses: [margin],
      ...(cluster && { cluster }),
      side: p.cast(violated, 'int64'),
    };
  };
}
