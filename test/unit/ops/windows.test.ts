// How many windows read one element, against counting them.
import { expect, test } from 'vitest';
import { windowsOfElement } from '../../../src/ops/window.js';

/** The most windows, of many in a row, that read one element. */
function counted(kernel: number, stride: number, dilation: number): number {
  const readers = new Map<number, number>();
  for (let window = 0; window < 64; window++)
    for (let tap = 0; tap < kernel; tap++) {
      const place = window * stride + tap * dilation;
      readers.set(place, (readers.get(place) ?? 0) + 1);
    }
  return Math.max(...readers.values());
}

test('as many as there are', () => {
  for (let kernel = 1; kernel <= 7; kernel++)
    for (let stride = 1; stride <= 6; stride++)
      for (let dilation = 1; dilation <= 4; dilation++) {
        const window = {
          kernel: [kernel, 3],
          strides: [stride, 1],
          dilations: [dilation, 1],
          pads: [0, 0, 0, 0],
        };
        const where = `kernel ${kernel}, stride ${stride}, dilation ${dilation}`;
        expect(windowsOfElement(window), where).toBe(3 * counted(kernel, stride, dilation));
      }
});
