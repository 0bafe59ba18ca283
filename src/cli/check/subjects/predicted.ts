// The classes that a model gives to data rows.
import type { Dataset } from '../../../policy/dataset.js';
import { argMax } from '../../../policy/judge.js';
import { type OpenModel, runOne } from '../models.js';

/** At batch size 1, like every replay. */
export async function predicted({ inputs }: Dataset, model: OpenModel): Promise<Int32Array> {
  const [count = 0] = inputs.shape;
  const size = inputs.data.length / Math.max(count, 1);
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, row) =>
      argMax(await runOne(model, inputs.data.slice(row * size, (row + 1) * size))),
    ),
  );
  // Where the model answers NaN no class wins, so any choice is violated by the row itself.
  return Int32Array.from(answers, (answer) => Math.max(answer, 0));
}
