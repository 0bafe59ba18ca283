// Membership of balls is exact, and what is moved into a ball is inside: compared with rational arithmetic of its own.
import { describe, expect, test } from 'vitest';
import { type Ball, isInBall, moveIntoBall, norms } from '../../../src/policy/ball.js';
import { Draw, flavours } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';

/** A float64 as numerator / 2^1074. */
function exact(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return high >>> 31 === 1 ? -size : size;
}

/** The definition, in plain rational numbers. */
function isNear(x: Float32Array, center: Float32Array, { norm, epsilon }: Ball): boolean {
  const changes = Array.from(x, (value, at) => exact(value) - exact(center[at] ?? 0));
  const sizes = changes.map((change) => (change < 0n ? -change : change));
  const radius = exact(epsilon);
  const sum = sizes.reduce((total, size) => total + size, 0n);
  const squares = sizes.reduce((total, size) => total + size * size, 0n);
  const greatest = sizes.reduce((most, size) => (size > most ? size : most), 0n);
  return { linf: greatest <= radius, l1: sum <= radius, l2: squares <= radius * radius }[norm];
}

const row = (draw: Draw, size: number, flavour: (typeof flavours)[number]): Float32Array =>
  Float32Array.from({ length: size }, () => draw.number(flavour));

describe.each(norms)('%s', (norm) => {
  test('membership is that of real numbers, whatever the magnitudes', () => {
    const draw = new Draw(1);
    for (let run = 0; run < effort(300); run++) {
      const flavour = draw.pick(flavours);
      const [x, center] = [row(draw, 5, flavour), row(draw, 5, flavour)];
      if (draw.flag()) center.set(x.subarray(0, draw.int(1, 5)));
      const lengths = {
        linf: Math.max(...x.map((value, at) => Math.abs(value - (center[at] ?? 0)))),
        l1: x.reduce((sum, value, at) => sum + Math.abs(value - (center[at] ?? 0)), 0),
        l2: Math.hypot(...x.map((value, at) => value - (center[at] ?? 0))),
      };
      const epsilon = lengths[norm] * draw.pick([1, 1 + 2 ** -52, 1 - 2 ** -53, 2, 0.5, 0]);
      expect(isInBall(x, center, { norm, epsilon })).toBe(isNear(x, center, { norm, epsilon }));
    }
  });

  test('what is moved into a ball is in it, in no element farther from the center, and near the sphere', () => {
    const draw = new Draw(2);
    for (let run = 0; run < effort(300); run++) {
      const flavour = draw.pick(['normal', 'cancelling', 'subnormal', 'mixed'] as const);
      const size = draw.pick([1, 3, 40]);
      const [x, center] = [row(draw, size, flavour), row(draw, size, flavour)];
      const ball = { norm, epsilon: Math.abs(draw.number(flavour)) * draw.pick([0.1, 1, 3]) };
      const point = x.slice();
      moveIntoBall(point, center, ball);
      expect(isNear(point, center, ball)).toBe(true);
      point.forEach((value, at) => {
        const [from = 0, to = 0] = [center[at], x[at]];
        expect(value >= Math.min(from, to) && value <= Math.max(from, to)).toBe(true);
      });
    }
  });

  test('a point outside comes to the sphere', () => {
    const draw = new Draw(3);
    const [point, center] = [row(draw, 40, 'normal').map((value) => 10 + value), new Float32Array(40)];
    moveIntoBall(point, center, { norm, epsilon: 1 });
    expect(isInBall(point, center, { norm, epsilon: 1 - 1e-5 })).toBe(false);
  });
});

test('a projection that is outside by a rounding is caught', () => {
  const draw = new Draw(4);
  const isCaught = Array.from({ length: 20 }, () => {
    const center = row(draw, 40, 'normal');
    const changes = row(draw, 40, 'normal');
    const length = Math.hypot(...changes);
    // Scaled in plain arithmetic and rounded to the nearest, as one would at first.
    const point = center.map((value, at) => value + (changes[at] ?? 0) / length);
    return !isInBall(point, center, { norm: 'l2', epsilon: 1 });
  });
  expect(isCaught).toContain(true);
});

test('what is not finite is nowhere', () => {
  const center = Float32Array.of(0);
  for (const value of [Number.NaN, Infinity, -Infinity])
    expect(isInBall(Float32Array.of(value), center, { norm: 'l2', epsilon: 1e300 })).toBe(false);
});
