/** What `src/report/html/generated/assets.ts` has to be. */
export function assets(): Promise<string>;
