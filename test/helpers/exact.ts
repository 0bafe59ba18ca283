// Exact arithmetic on floating-point numbers, for laws that allow no rounding.

/** A finite float64 in units of 2^-1074, of which it is a whole number. */
export function units(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** |a - b| <= distance, as real numbers. */
export function within(a: number, b: number, distance: number): boolean {
  const difference = units(a) - units(b);
  return (difference < 0n ? -difference : difference) <= units(distance);
}

/** The next greater float32; of the greatest, infinity. */
export function nextUp(value: number): number {
  if (value === 0) return 2 ** -149;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (value > 0 ? 1 : -1));
  return view.getFloat32(0);
}

export const nextDown = (value: number): number => -nextUp(-value);
