// How fast, in few characters, for lines that are drawn again and again.

const units = ['', 'k', 'M', 'G'] as const;

/** `0/s`, `0.35/s`, `843/s`, `12.3k/s`, `1.20M/s`: three significant digits. `-/s` where nothing is known yet. */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '-/s';
  const rounded = Number(perSecond.toPrecision(3));
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(rounded, 1)) / 3 + 1e-9)),
  );
  if (power === 0) return `${rounded}/s`;
  const scaled = rounded / 1000 ** power;
  return `${scaled < 1000 ? scaled.toPrecision(3) : Math.round(scaled)}${units[power]}/s`;
}

/** What was done per second between two looks at a counter; NaN before any time has passed. */
export const perSecond = (done: number, elapsedMs: number): number =>
  elapsedMs > 0 ? (done * 1000) / elapsedMs : Number.NaN;
