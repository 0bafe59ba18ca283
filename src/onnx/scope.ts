// Which names a graph's nodes may read: what the graph declares, and for subgraphs also what is around them.
import { invalid } from './errors.js';

export type Scope = { has(name: string): boolean };

/** What a node writes, before it is decoded. */
export type Writer = { readonly where: string; readonly output: readonly string[] };

export const noScope: Scope = { has: () => false };

/** The names that a graph declares, each of them once, in front of those around it. */
export function scopeOf(
  inputs: readonly string[],
  constants: Iterable<string>,
  writers: readonly Writer[],
  outer: Scope,
  where: string,
): Scope {
  const names = new Set(constants);
  for (const name of inputs) {
    if (name === '') throw invalid(where, 'has an input without a name');
    if (names.has(name)) throw invalid(where, `two inputs are named "${name}"`);
    names.add(name);
  }
  for (const writer of writers) {
    for (const name of writer.output) {
      if (name === '') continue;
      if (names.has(name))
        throw invalid(writer.where, `output "${name}" is already the name of another value`);
      names.add(name);
    }
  }
  return { has: (name) => names.has(name) || outer.has(name) };
}
