// What proofs say that know no margin.

/** Positive, and less than any other: of what is proved without a bound of how far inputs are from a violation, only the sign is known. */
export const leastMargin = Number.MIN_VALUE;
