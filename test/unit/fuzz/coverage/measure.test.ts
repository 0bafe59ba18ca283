// Coverage of a test set: what calibrates does not count as covered.
import { expect, test } from 'vitest';
import { noDeadline } from '../../../../src/base/deadline.js';
import { float32 } from '../../../../src/base/tensor.js';
import { coverageCriteria } from '../../../../src/fuzz/coverage/index.js';
import { measureCoverage } from '../../../../src/fuzz/coverage/measure.js';
import { parseCriteria } from '../../../../src/fuzz/coverage/parse.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { inline } from '../../../helpers/programs.js';
import { randomTensor, smallMlp, typed } from '../networks.js';

/** Two neurons: max(x, 0) and max(y, 0). */
const plain = () =>
  typed(
    ['batch', 2],
    [
      ['Relu', ['x'], 'a'],
      ['Gemm', ['a', 'w'], 'y'],
    ],
    {
      w: float32([1, 0, 0, 1], [2, 2]),
    },
  );

test('ranges come from one set and coverage from the other', async () => {
  const measured = await measureCoverage(
    {
      encode: objectives.finite(await plain()),
      batched: true,
      criteria: parseCriteria('k-multisection:sections=4,strong-activation,top-k-patterns:k=1'),
      calibration: float32([0, 0, 4, 4], [2, 2]),
      inputs: float32([0.5, 3.5, 0.6, 5, Number.NaN, 0], [3, 2]),
      deadline: noDeadline,
    },
    inline,
  );
  expect(measured.map(({ covered, value }) => [covered, value])).toEqual([
    [2 / 8, 2],
    [1 / 2, 1],
    [null, 1],
  ]);
});

test('surprise of the data itself, as quantiles', async () => {
  const [measured] = await measureCoverage(
    {
      encode: objectives.finite(await plain()),
      batched: true,
      criteria: parseCriteria('distance-surprise'),
      calibration: float32([1, 0, 2, 0, 0, 3], [3, 2]),
      inputs: float32([1, 0, 2, 0, 3, 0], [3, 2]),
      deadline: noDeadline,
    },
    inline,
  );
  // The last is 1 from (2, 0), which is sqrt(13) from (0, 3).
  expect(measured?.distribution).toMatchObject({ count: 3, least: 0, median: 0 });
  expect(measured?.distribution?.greatest).toBeCloseTo(1 / Math.sqrt(13), 5);
});

test('all criteria measure any model; batches of one give the same', async () => {
  const encode = objectives.finite(await smallMlp());
  const criteria = Object.values(coverageCriteria);
  const [calibration, inputs] = [randomTensor([30, 4], 1), randomTensor([20, 4], 2)];
  const measure = (batched: boolean) =>
    measureCoverage({ encode, batched, criteria, calibration, inputs, deadline: noDeadline }, inline);
  const measured = await measure(true);
  expect(measured.map(({ criterion }) => criterion)).toEqual(criteria.map(({ name }) => name));
  for (const { covered, detail } of measured) {
    expect(covered === null || (covered >= 0 && covered <= 1)).toBe(true);
    expect(detail).not.toBe('');
  }
  const single = await measure(false);
  expect(single.map(({ covered }) => covered)).toEqual(measured.map(({ covered }) => covered));
});

test('a model without activation functions has distances only, and one input is enough for all', async () => {
  const model = await typed(['batch', 2], [['Gemm', ['x', 'w'], 'y']], { w: randomTensor([2, 2], 1) });
  const one = randomTensor([1, 2], 3);
  const shown = { batched: true, criteria: Object.values(coverageCriteria), deadline: noDeadline };
  const linear = await measureCoverage(
    { ...shown, encode: objectives.finite(model), calibration: one, inputs: one },
    inline,
  );
  expect(linear.map(({ criterion }) => criterion)).toEqual(['activation-distance']);
  const mlp = await measureCoverage(
    { ...shown, encode: objectives.finite(await plain()), calibration: one, inputs: one },
    inline,
  );
  expect(mlp).toHaveLength(shown.criteria.length);
});

test('an interruption in the middle of a criterion is noticed within a batch', async () => {
  const rows = 5 * 256;
  let batches = 0;
  // Over when some batches of the second criterion have run.
  const counting = {
    ...inline,
    open: async (...given: Parameters<typeof inline.open>) => {
      const session = await inline.open(...given);
      return {
        ...session,
        run: (...feeds: Parameters<typeof session.run>) => {
          batches++;
          return session.run(...feeds);
        },
      };
    },
  };
  const inputs = randomTensor([rows, 2], 1);
  const measured = await measureCoverage(
    {
      encode: objectives.finite(await plain()),
      batched: true,
      criteria: parseCriteria('neuron-coverage,k-multisection,strong-activation'),
      calibration: inputs,
      inputs,
      deadline: { expired: () => batches >= 12, interrupted: () => false },
    },
    counting,
  );
  // Five batches that calibrate and five that are measured; then two of the next criterion.
  expect(measured.map(({ criterion }) => criterion)).toEqual(['neuron-coverage']);
  expect(batches).toBe(12);
});
