// Round numbers for axes.

/** The least of 1, 2 and 5 times a power of ten that is at least `width`. */
export function niceStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= width * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Multiples of a round step from `low` to `high`, about `wanted` of them. */
export function ticksBetween(low: number, high: number, wanted: number): number[] {
  const step = niceStep((high - low) / wanted);
  if (!(step > 0) || !Number.isFinite(step)) return [low];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => multiple(first + at, step));
}

/** Without what binary fractions add: 0.30000000000000004 is 0.3. */
export const multiple = (factor: number, step: number): number => Number((factor * step).toPrecision(12)) + 0;

/** `1.2k`, `3M`: where there is little room. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(0);
  if (size < 1e4) return `${Number(value.toPrecision(3))}`;
  const [unit, divisor] = size < 1e6 ? ['k', 1e3] : size < 1e9 ? ['M', 1e6] : ['G', 1e9];
  return `${Number((value / Number(divisor)).toPrecision(3))}${unit}`;
}
