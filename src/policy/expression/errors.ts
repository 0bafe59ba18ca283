// What is wrong with an expression, and where: the column, and the line with a caret below the place.
import { UserError } from '../../base/user-error.js';

const usual = 'an expression such as "argmax(y) == label and max(y) < 10" must hold of every input';

/** @param place offset into the text */
export function syntaxError(text: string, place: number, problem: string, hint = usual): UserError {
  const where = `expression: column ${columnOf(text, place)}`;
  return new UserError('USAGE', { where, problem, hint, excerpt: { line: text, at: place } });
}

/** Counted from 1, in characters. */
export const columnOf = (text: string, place: number): number => [...text.slice(0, place)].length + 1;
