// What is wrong with a property file, as a link to the very place.
import { UserError } from '../../base/user-error.js';
import { placeOf } from '../position.js';

export type Source = { readonly file: string; readonly text: string };

/** @param offset into the text, in UTF-16 code units */
export const propertyError = (source: Source, offset: number, problem: string, hint: string): UserError =>
  new UserError('INVALID_PROPERTY', {
    where: placeOf({ file: source.file, ...lineOf(source.text, offset) }),
    problem,
    hint,
  });

/** Counted from 1. Only errors ask, so that reading need not count lines. */
function lineOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}
