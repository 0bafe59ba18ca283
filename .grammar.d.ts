/** What `src/policy/expression/generated/grammar.ts` has to be. */
export function grammar(): string;
