// Where a character of a text stands in the YAML that the text was written in: quoted, escaped, folded over lines or indented.
import { type Document, isScalar } from 'yaml';
import { nodeAt, type Path, startOf } from './nodes.js';

const isSpace = (sign: string | undefined): boolean => sign !== undefined && /\s/.test(sign);

/** Offset of character `place` of the text at `path`; of the text's beginning where escapes hide it. */
export function offsetInside(document: Document, source: string, path: Path, place: number): number {
  const node = nodeAt(document, path);
  const start = startOf(node);
  if (!isScalar(node) || typeof node.value !== 'string') return start;
  const { value, type } = node;
  const end = node.range?.[1] ?? source.length;
  let at = beginningOf(source, start, type);
  // Spaces are what folding changes: only what stands between them is told apart.
  for (let index = 0; index < value.length; index++) {
    if (isSpace(value[index])) continue;
    while (at < end && isSpace(source[at])) at++;
    const isEscaped = source[at] !== value[index] || (type === 'QUOTE_SINGLE' && source[at] === "'");
    if (isEscaped) at++;
    if (at >= end || source[at] !== value[index]) return start;
    if (index >= place) return at;
    at++;
  }
  return at;
}

/** Behind the quotation mark, or the line of a block's header. */
function beginningOf(source: string, start: number, type: string | undefined): number {
  if (type?.startsWith('QUOTE')) return start + 1;
  if (!type?.startsWith('BLOCK')) return start;
  const newline = source.indexOf('\n', start);
  return newline < 0 ? start : newline + 1;
}
