// Values whose shape depends on data are neither folded nor lowered to fixed shapes, and their bounds hold for any size.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import { floatsOf, openBounder, violations } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const size = 3;

/**
 * mask[places, places] = updates for places = [0, 1, 2][x : x + 1], as PyTorch exports it: where the place is beyond the mask, the slice is empty and nothing is
 * written. x [1, 1] holds the place.
 */
const nodes: readonly NodeShorthand[] = [
  ['Cast', ['x'], 'whole', { to: 7 }],
  ['Reshape', ['whole', 'one'], 'from'],
  ['Add', ['from', 'one'], 'to'],
  ['Slice', ['places', 'from', 'to', 'axis'], 'there'],
  ['Unsqueeze', ['there', 'last'], 'rows'],
  ['Add', ['there', 'zero'], 'same'],
  ['Unsqueeze', ['same', 'last'], 'columns'],
  ['Concat', ['rows', 'columns'], 'indices', { axis: -1 }],
  ['Shape', ['there'], 'sizes'],
  ['Expand', ['update', 'sizes'], 'updates'],
  ['ScatterND', ['mask', 'indices', 'updates'], 'y'],
];
const constants: Readonly<Record<string, Tensor>> = {
  one: int64([1]),
  axis: int64([0]),
  last: int64([1]),
  places: int64([0, 1, 2]),
  update: float32([-2]),
  zero: int64([0]),
  mask: float32([1, 0.5, 3, 4, 5, 6, 7, 8, 9], [3, 3]),
};

test('a slice that may be empty: computed as by ONNX Runtime, inside its bounds', async () => {
  const file = modelOf([1, 1], nodes, constants, 13);
  const model = await discoverTypes(file, 'varying.onnx', runtime);
  expect(model.folded.has('sizes')).toBe(false);
  const executable = await openExecutable(model, encodeModel(file), runtime);
  const p = new Program();
  const { output } = lowerModel(p, model, p.input('x', 'float32', [1, 1]));
  const lowered = await compile(p, { y: output }, runtime);
  const bound = await openBounder(model, 'float32', runtime);
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const draw = new Draw(seed);
      const low = draw.int(0, size + 2);
      const high = draw.int(low, size + 3);
      const bounds = await bound({ lower: float32([low], [1, 1]), upper: float32([high], [1, 1]) });
      expect(Array.from(bounds.upper).every(Number.isFinite)).toBe(true);
      // Where the place is known, only that element may differ.
      const open = Array.from(bounds.lower, (least, at) => Number(least !== bounds.upper[at]));
      if (low === high && low < size) expect(open.reduce((a, b) => a + b)).toBe(1);
      for (let place = low; place <= high; place++) {
        const x = float32([place], [1, 1]);
        const y = floatsOf(await executable.run(x));
        expect(floatsOf((await lowered.run({ x })).y)).toEqual(y);
        expect(violations(bounds, y)).toEqual([]);
      }
    }),
    { seed: 20_261_125, numRuns: 20 },
  );
});
