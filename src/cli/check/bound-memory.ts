/** What linear bounds may take, for all threads together. */
export const boundMemoryBytes = 2 ** 31;
