// Whether an expression speaks of what the model has.
import { sizeOf } from '../../base/shape.js';
import type { UserError } from '../../base/user-error.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { syntaxError } from './errors.js';
import { type Expression, leaves, members } from './syntax.js';

/** @throws UserError USAGE where an element or a class is named that the model does not have */
export function requireElements({ text, assertion }: Expression, { input, output }: TypedModel): void {
  const sizes = { x: elementsOf(input.shape), y: elementsOf(output.shape) };
  const named = { x: `input "${input.name}"`, y: `output "${output.name}"` };
  const refuse = (of: 'x' | 'y', place: number, what: string, last: string): UserError =>
    syntaxError(
      text,
      place,
      `${what} is beyond the model's ${named[of]} of ${sizes[of]} elements`,
      `elements and classes are counted from 0: the last is ${last}`,
    );
  for (const leaf of leaves(assertion)) {
    if (leaf.kind === 'class' && leaf.index >= sizes[leaf.of])
      throw refuse(leaf.of, leaf.place, `class ${leaf.index}`, String(sizes[leaf.of] - 1));
    if (leaf.kind === 'row' && leaf.index >= sizes.x)
      throw refuse('x', leaf.place, `row[${leaf.index}]`, `row[${sizes.x - 1}]`);
    if (leaf.kind === 'element' && typeof leaf.index === 'number' && leaf.index >= sizes[leaf.of])
      throw refuse(leaf.of, leaf.place, `${leaf.of}[${leaf.index}]`, `${leaf.of}[${sizes[leaf.of] - 1}]`);
  }
  for (const { count, place } of members(assertion))
    if (count > sizes.y) throw refuse('y', place, `top(${count})`, String(sizes.y - 1));
}

const elementsOf = (shape: readonly (number | string)[]): number => sizeOf(shape.slice(1).map(Number));
