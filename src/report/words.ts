// Numbers and names in words, the same in every reporter.

/** `1,204`; the same in every locale, so that reports can be compared. */
export function count(value: number): string {
  // Not toLocaleString, whose first call takes 25 ms. It, too, keeps three digits after the point.
  const [whole = '', fraction] = String(Number(value.toFixed(3))).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `320 ms`, `12.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${count(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** `0 s`, `59 s`, `2 min 5 s`, `3 h 20 min`: for lines that are drawn again and again. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `512 B`, `53.5 KiB`, `2 GiB`: to one decimal. */
export function bytes(size: number): string {
  const power = Math.min(byteUnits.length - 1, Math.floor(Math.log2(Math.max(size, 1)) / 10));
  return `${count(Number((size / 1024 ** power).toFixed(1)))} ${byteUnits[power]}`;
}

/**
 * `85.4 %, needs 75 %`. What was reached is rounded down, to at least the decimals of what is required:
 * a share that misses its mark by a hair must not read as if it had met it.
 */
export function shareWords({ reached, required }: { reached: number; required: number }): string {
  const needed = Number((required * 100).toFixed(6));
  const decimals = Math.max(1, (`${needed}`.split('.')[1] ?? '').length);
  return `${percent(reached, decimals)}, needs ${needed} %`;
}

/** `84.2 %`, rounded down. */
export const percent = (share: number, decimals = 1): string => `${floorTo(share * 100, decimals)} %`;

/** Rounded down, after taking off what binary fractions add: 0.29 * 100 is 28.999999999999996 and means 29. */
function floorTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.floor(value * scale + 1e-7) / scale;
}

/** Four significant digits: `0.05` for the float32 next to it, `1.25e-7`. */
export const approximately = (value: number): string => `${Number(value.toPrecision(4))}`;

/** Text from a policy or a model on one line: line breaks and terminal escapes in it become spaces. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** A word that a shell takes as it stands, quoted where it must be. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
