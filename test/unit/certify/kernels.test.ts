// The checker shares no code with the search, and has the kernels' errors of its own: they are what was measured.
import { expect, test } from 'vitest';
import { sCurves } from '../../../src/certify/curves.js';
import { kernelErrors } from '../../../src/ops/kernel-error.js';

test.each(Object.entries(sCurves))('%s', (name, { relative, absolute }) => {
  const measured = kernelErrors[name as keyof typeof sCurves].float32;
  expect({ relative, absolute }).toEqual(measured);
});

test.each(Object.entries(sCurves))('lines of %s are beyond it, wherever the interval is', (_, curve) => {
  const ends = [-40, -3, -1, -0.3, -1e-6, 0, 1e-7, 0.2, 1, 2.5, 30];
  const near = (x: number) => curve.range([x, x], 0);
  for (const low of ends)
    for (const high of ends.filter((end) => end >= low)) {
      const { below, above } = curve.lines([low, high], 0);
      for (let step = 0; step <= 64; step++) {
        const x = low + ((high - low) * step) / 64;
        expect(below[0] * x + below[1]).toBeLessThanOrEqual(near(x)[1]);
        expect(above[0] * x + above[1]).toBeGreaterThanOrEqual(near(x)[0]);
      }
      // They are of use: no farther apart than the interval's own values.
      const gap = (x: number) => (above[0] - below[0]) * x + above[1] - below[1];
      const [least, most] = curve.range([low, high], 0);
      expect(Math.min(gap(low), gap(high))).toBeLessThanOrEqual(most - least + 1e-9);
    }
});
