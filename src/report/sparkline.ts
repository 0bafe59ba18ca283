// A series of numbers as one line of characters, for the live screen: higher is more.

/** Glyphs from low to high. */
export const blocks = '▁▂▃▄▅▆▇█';
/** For terminals that have no blocks. */
export const asciiLevels = '_.:-=+*#';

export type SparklineOptions = {
  readonly glyphs?: string;
  /** What the lowest glyph stands for, by default the least of the values: 0 where the size itself matters, not only its change. */
  readonly least?: number;
};

/**
 * `width` characters. More values than that are averaged, in groups of consecutive ones as equal as can be; fewer fill the line from
 * the left. NaN leaves a gap, infinities lie at the edges, and of a constant series all is at the bottom.
 */
export function sparkline(
  values: readonly number[],
  width: number,
  { glyphs = blocks, least }: SparklineOptions = {},
): string {
  const points = resampled(values, width);
  const finite = points.filter(Number.isFinite);
  const low = least ?? Math.min(...finite);
  const high = Math.max(low, ...finite);
  const line = points.map((value) => glyphAt(shareOf(value, low, high), glyphs)).join('');
  return line.padEnd(width);
}

/** At most `width` values: means of those that are not NaN, or NaN where all are. */
function resampled(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values;
  const edge = (at: number) => Math.floor((at * values.length) / width);
  return Array.from({ length: width }, (_, at) => meanOf(values.slice(edge(at), edge(at + 1))));
}

/** Divided before they are added, so that the sum of great numbers is finite. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value / known.length, 0);
}

/** 0 at `low` to 1 at `high`, clamped; NaN of NaN. Halved, so that the difference of great numbers is finite. */
function shareOf(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (value <= low || low === high) return value === Infinity ? 1 : 0;
  return Math.min(1, (value / 2 - low / 2) / (high / 2 - low / 2));
}

const glyphAt = (share: number, glyphs: string): string =>
  glyphs[Math.min(glyphs.length - 1, Math.floor(share * glyphs.length))] ?? ' ';
