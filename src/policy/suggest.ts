// "Did you mean" for names that a user typed, and short forms of the values that they gave.
import { distance } from 'fastest-levenshtein';

/** Longer words are not typing mistakes, and comparing them takes quadratic time. */
const LONGEST = 64;

/** The known word nearest to `word`, if a slip of the fingers could explain the difference. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  // Two: a swap of neighbouring letters counts as two edits.
  const allowed = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  let best: { word: string; edits: number } | undefined;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** `; did you mean "x"?`, or else `; <what> are "a", "b"`, ready to follow a sentence. */
export function suggest(word: string, known: readonly string[], what: string): string {
  const match = nearest(word, known);
  if (match !== undefined) return `; did you mean ${show(match)}?`;
  return known.length > 0 ? `; ${what}: ${list(known)}` : '';
}

/** Quoted and joined, at most ten. */
export const list = (names: readonly string[]): string =>
  names.slice(0, 10).map(show).join(', ') + (names.length > 10 ? `, ... (${names.length} in all)` : '');

/** A value as an error message names it: short, on one line, never failing. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'a mapping' : String(value);
}
