// Values of which parts are read in other places: they are split at points like any other, and only where something open reads them.
import { expect, test } from 'vitest';
import { float32, int64 } from '../../../../../src/base/tensor.js';
import { instanceOf } from '../../../../../src/graph/instance.js';
import { neuronsOf } from '../../../../../src/verify/branch/activations/neurons.js';
import { createSpace } from '../../../../../src/verify/branch/activations/space.js';
import { openCrown } from '../../../../../src/verify/crown/crown.js';
import { rowsBelow, searched } from '../../../../helpers/activation-search.js';
import { Draw } from '../../../../helpers/draw.js';
import { modelOf } from '../../../../helpers/models.js';
import { opened } from '../../../../helpers/opened.js';
import { inline } from '../../../../helpers/programs.js';

/** y = z0 z2, z1 z0, z2 z1, z0 z1, and the squares of all z. */
async function network() {
  const draw = new Draw(4);
  return opened(
    modelOf(
      ['batch', 3],
      [
        ['MatMul', ['x', 'w'], 'a'],
        ['Tanh', ['a'], 'b'],
        ['MatMul', ['b', 'v'], 'z'],
        ['Gather', ['z', 'first'], 'd', { axis: 1 }],
        ['Gather', ['z', 'second'], 'e', { axis: 1 }],
        ['Mul', ['d', 'e'], 'f'],
        ['Mul', ['z', 'z'], 'g'],
        ['Concat', ['f', 'g'], 'y', { axis: 1 }],
      ],
      {
        w: draw.tensor([3, 4]),
        v: draw.tensor([4, 3]),
        first: int64([0, 1, 2, 0]),
        second: int64([2, 0, 1, 1]),
      },
    ),
  );
}

const box = { lower: new Float32Array(3).fill(-0.25), upper: new Float32Array(3).fill(0.25) };
const boxOf = () => ({ lower: float32(box.lower, [1, 3]), upper: float32(box.upper, [1, 3]) });

test('they are split at any point', async () => {
  const model = await network();
  const { run } = model;
  const points = Array.from({ length: 1000 }, (_, at) => [
    at % 10,
    Math.floor(at / 10) % 10,
    Math.floor(at / 100),
  ]);
  const x = Float32Array.from(points.flat(), (step) => (0.5 * step) / 9 - 0.25);
  const y = await run({ dtype: 'float32', shape: [1000, 3], data: x });
  const greatest = Math.max(...Array.from({ length: 1000 }, (_, at) => y[7 * at] ?? Number.NaN));
  const crown = openCrown(model.model, inline, { arithmetic: 'deployed', memoryBytes: 2 ** 28 });
  const row = float32([-1, 0, 0, 0, 0, 0, 0], [1, 7]);
  const [least = Number.NaN] = await crown.combinations(boxOf(), row);
  // Bounds of the whole box miss it by a quarter of what they are off.
  const rows = rowsBelow([Array.from(row.data)], 3, least + (-greatest - least) / 4);
  const { outcome, explanation, subproblems } = await searched(model, { ...box, rows });
  expect(explanation.join('; ')).toContain('split at any point');
  expect(outcome).toBe('empty');
  expect(subproblems).toBeGreaterThan(1);
});

test('elements that nothing open reads have no place', async () => {
  const model = instanceOf((await network()).model);
  const hidden = neuronsOf(model);
  const crown = openCrown(model, inline, { arithmetic: 'deployed', memoryBytes: 2 ** 28, plainValues: true });
  const root = await crown.hidden(boxOf());
  const z = hidden.findIndex(({ name }) => name === 'z');
  const known = root[z];
  if (known === undefined) throw new Error('z is not among the hidden values');
  const raised = new Map([['z', { ...known, isRead: [true, false, true] }]]);
  const before = hidden.slice(0, z).reduce((sum, { size }) => sum + size, 0);
  const placesIn = ({ elements }: ReturnType<typeof createSpace>) =>
    elements.map((element) => element - before);
  expect(placesIn(createSpace(model, box, hidden, root))).toEqual(expect.arrayContaining([0, 1, 2]));
  const space = createSpace(model, { ...box, raised }, hidden, root);
  expect(placesIn(space)).toEqual(expect.arrayContaining([0, 2]));
  expect(placesIn(space)).not.toContain(1);
});
