// Lines too long for the terminal, broken between words: a terminal itself breaks anywhere.
import { stripVTControlCharacters } from 'node:util';
import type { Output } from './options.js';
import { widthOf } from './screen.js';

/** Left whole, for copying: what it is pasted into does not know our line breaks. */
const isCommand = (line: string): boolean => /^\s*marauder /.test(stripVTControlCharacters(line));

/** Each line in at most `columns`, where its words allow; what follows is indented like the line, and by two more. */
export const wrap = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => (widthOf(line) <= columns || isCommand(line) ? line : broken(line, columns)))
    .join('\n');

/** Wrapped for a terminal; files and pipes have no width. */
export const fitted = (text: string, { isTTY, columns }: Output): string =>
  isTTY && columns ? wrap(text, columns - 1) : text;

function broken(line: string, columns: number): string {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const rows: string[] = [];
  let row = '';
  for (const word of line.split(/(?<=\S) /)) {
    const longer = row === '' ? word : `${row} ${word}`;
    if (row !== '' && widthOf(longer) > columns) {
      rows.push(row);
      row = indent + word.trimStart();
    } else row = longer;
  }
  return [...rows, row].join('\n');
}
