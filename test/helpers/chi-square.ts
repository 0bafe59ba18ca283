// Whether counts look like draws from a distribution: Pearson's chi-square test. With a fixed seed a test passes or fails for good.

/** Sum of (observed - expected)^2 / expected, over the degrees of freedom's critical value: above 1 means refuted at 0.1 %. */
export function chiSquareRatio(observed: readonly number[], shares: readonly number[]): number {
  const total = observed.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  observed.forEach((count, at) => {
    const expected = total * (shares[at] ?? 0);
    statistic += (count - expected) ** 2 / expected;
  });
  return statistic / criticalValue(observed.length - 1);
}

/** The 99.9 % quantile of chi-square, by Wilson and Hilferty's cube; 2 % too large at 3 degrees of freedom, 0.7 % at 9, less beyond. */
export function criticalValue(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
}
