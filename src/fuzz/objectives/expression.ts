import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import { encodeExpression, firstFalse } from './expression/encode.js';
import { syntaxError } from './expression/errors.js';
import { type Expression, elements } from './expression/syntax.js';
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

/** @throws UserError USAGE where an element is named that the model does not have */
export function requireElements({ text, assertion }: Expression, { input, output }: TypedModel): void {
  const sizes = { x: sizeOf(input.shape), y: sizeOf(output.shape) };
  for (const { of, index, place } of elements(assertion)) {
    if (index === 'label' || index < sizes[of]) continue;
    const what = of === 'x' ? `input "${input.name}"` : `output "${output.name}"`;
    throw syntaxError(
      text,
      place,
      `${of}[${index}] is beyond the model's ${what} of ${sizes[of]} elements`,
      `elements are counted from 0: the last is ${of}[${sizes[of] - 1}]`,
    );
  }
}

const sizeOf = (shape: readonly (number | string)[]): number =>
  shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
