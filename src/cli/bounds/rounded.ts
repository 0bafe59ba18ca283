// Bounds in six digits that are still bounds: rounded outward, in decimal as well.

const digits = 6;

/** To the nearest; not a bound. */
export const sixDigits = (value: number): string =>
  value === 0 || !Number.isFinite(value) ? `${value}` : value.toPrecision(digits);

/** At most `value`. */
export const roundedDown = (value: number): string => {
  const near = sixDigits(value);
  return Number(near) <= value ? near : sixDigits(Number(near) - unit(value));
};

/** At least `value`. */
export const roundedUp = (value: number): string => {
  const near = sixDigits(value);
  return Number(near) >= value ? near : sixDigits(Number(near) + unit(value));
};

/** Of the last digit shown. */
const unit = (value: number): number => 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - digits);
