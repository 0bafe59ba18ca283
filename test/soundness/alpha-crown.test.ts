// Backward bounds of 200 random networks, some with raised slopes: never below those of plain CROWN in plain float64 loops with the same
// bounds of hidden values (but for what rounding costs), with raised slopes often better, and below every output of ONNX Runtime.
import { expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { instanceOf } from '../../src/graph/instance.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { ascend, type Rates } from '../../src/verify/branch/activations/ascent.js';
import { neuronsOf } from '../../src/verify/branch/activations/neurons.js';
import { createSessions } from '../../src/verify/branch/activations/sessions.js';
import { createSpace, firstSlopes } from '../../src/verify/branch/activations/space.js';
import type { Bounds } from '../../src/verify/crown/bounds.js';
import { samplesOf } from '../helpers/bounding.js';
import { plainCrown } from '../helpers/crown-reference.js';
import { Draw } from '../helpers/draw.js';
import { crownOf, outputSize } from '../helpers/linear-bounds.js';
import { type Mlp, mlp } from '../helpers/mlps.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const networks = 200;
/** Slopes are raised on one network in so many: programs with derivatives take long to compile. */
const raisedEvery = 16;
const points = 64;
const rates: Rates = { steps: 8, slope: 0.1, multiplier: 0, decay: 0.98 };

const randomMlp = (draw: Draw): Mlp =>
  mlp(draw, [draw.int(1, 6), ...draw.ints(draw.int(1, 2), 4, 16), draw.int(1, 4)], 'normal');

type Box = Record<'lower' | 'upper', Float32Array<ArrayBuffer>>;

/** Rows e_i, then -e_i. */
function unitRows(size: number) {
  const data = new Float32Array(2 * size * size);
  for (let row = 0; row < 2 * size; row++) data[row * size + (row % size)] = row < size ? 1 : -1;
  return data;
}

/** As the branching's root does it, from bounds `root` of hidden values. */
async function raised(batched: TypedModel, box: Box, root: readonly Bounds[]) {
  const model = instanceOf(batched);
  const hidden = neuronsOf(model);
  const space = createSpace(model, box, hidden, root);
  const target = { name: model.output.name, mixed: false };
  const session = await createSessions(model, hidden, target, 'deployed', inline).ascent();
  const size = outputSize(batched);
  const count = 2 * size;
  const none = () => new Float32Array(count * space.width);
  const slopes = none();
  for (let row = 0; row < count; row++) slopes.set(firstSlopes(space), row * space.width);
  const limits = new Float64Array(count).fill(Infinity);
  const start = unitRows(size);
  const batch = { count, start, inputs: undefined, splits: none(), slopes, multipliers: none(), limits };
  return (await ascend(session, inline.share(space.feeds), batch, rates)).bounds;
}

async function boundsOf(network: Mlp, box: Box, draw: Draw, raises: boolean) {
  const { model, run } = await opened(network.model);
  const shape = [1, box.lower.length];
  const tensors = { lower: float32(box.lower, shape), upper: float32(box.upper, shape) };
  const crown = crownOf(model, { plainValues: true });
  const root = await crown.hidden(tensors);
  const size = outputSize(model);
  const bounds = await crown.combinations(tensors, float32(unitRows(size), [2 * size, size]));
  const outputs = await run(samplesOf(box.lower, box.upper, shape.slice(1), points, draw.uniform));
  const before = root.map(({ lower, upper }) => ({ lower: Array.from(lower), upper: Array.from(upper) }));
  return { size, before, bounds, raised: raises ? await raised(model, box, root) : undefined, outputs };
}

test('200 random networks', { timeout: 300_000 }, async () => {
  let [better, all] = [0, 0];
  for (let seed = 0; seed < networks; seed++) {
    const draw = new Draw(seed);
    const network = randomMlp(draw);
    const lower = draw.tensor([network.widths[0] ?? 1]).data.slice();
    const upper = lower.map((low) => low + draw.pick([0.1, 0.5, 2]) * draw.uniform());
    const found = await boundsOf(network, { lower, upper }, draw, seed % raisedEvery === 0);
    const { size, before, bounds, outputs } = found;
    const sides = { lower: Array.from(lower), upper: Array.from(upper) };
    const reference = plainCrown(network.layers, sides, before);
    const plain = [...reference.lower, ...reference.upper.map((most) => -most)];
    const ends = [...before, reference].flatMap((each) => [...each.lower, ...each.upper]);
    const rounding = 1e-4 * (1 + Math.max(...ends.map(Math.abs)));
    plain.forEach((least, row) => {
      const where = `seed ${seed}, row ${row}`;
      const outside = (bound: number) =>
        outputs.some((y, at) => at % size === row % size && (row < size ? y : -y) < bound);
      for (const bound of [bounds[row] ?? Number.NaN, found.raised?.[row] ?? Infinity]) {
        expect(bound, where).toBeGreaterThan(least - rounding);
        if (bound < Infinity) expect(outside(bound), where).toBe(false);
      }
      if (found.raised === undefined) return;
      all++;
      if ((found.raised[row] ?? -Infinity) > least + 10 * rounding) better++;
    });
  }
  // Where hardly any neuron is undecided there is nothing to raise.
  expect(better).toBeGreaterThan(all / 5);
});
