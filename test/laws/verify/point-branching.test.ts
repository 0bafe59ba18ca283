// Cuts at points of their own: bounds with any cuts, choices and multipliers against what the deployed network gives in those parts, and
// whole searches on networks with curves and products that raised bounds of the whole box leave open.
import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { instanceOf } from '../../../src/graph/instance.js';
import { ascend } from '../../../src/verify/branch/activations/ascent.js';
import { type Neurons, neuronsOf } from '../../../src/verify/branch/activations/neurons.js';
import { createSessions } from '../../../src/verify/branch/activations/sessions.js';
import { createSpace, rootPoints, type Space } from '../../../src/verify/branch/activations/space.js';
import { feedsOfBatch } from '../../../src/verify/branch/activations/views.js';
import { openCrown } from '../../../src/verify/crown/crown.js';
import { rowsBelow, searched, violations } from '../../helpers/activation-search.js';
import { type Activation, curvedNetwork, curvedValues } from '../../helpers/curved-networks.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const options = { arithmetic: 'deployed', memoryBytes: 2 ** 30, plainValues: true } as const;
const curves: readonly Activation[] = ['Sigmoid', 'Tanh', 'Softplus', 'Exp', 'Sin', 'Relu'];
const kinds: readonly (readonly Activation[])[] = [['Sigmoid'], ['Tanh'], ['Sigmoid', 'Relu'], curves];

const box = (inputs: number) => ({
  lower: new Float32Array(inputs).fill(-1),
  upper: new Float32Array(inputs).fill(1),
});

/** Random ends of every neuron that is cut anywhere, signs of some kinks. */
function randomPart(draw: Draw, space: Space) {
  const [splits, points] = [new Float32Array(space.width), rootPoints(space)];
  for (let place = 1; place < space.width; place++) {
    const [low, high] = [space.lower[place] ?? 0, space.upper[place] ?? 0];
    if (space.isCut[place]) {
      const ends = [draw.uniform(), draw.uniform()].sort((a, b) => a - b);
      const [floor, ceiling] = ends.map((share) => Math.fround(low + (high - low) * share));
      if (draw.int(0, 3) === 0) [splits[place], points[place]] = [1, floor ?? 0];
      if (draw.int(0, 3) === 0) [splits[place + 1], points[place + 1]] = [-1, ceiling ?? 0];
    } else if (!space.isCut[place - 1]) splits[place] = draw.pick([0, 0, 0, 1, -1]);
  }
  return { splits, points };
}

/** Whether a point lies in the part by more than what float32 may change of its values. */
function isInside(space: Space, part: ReturnType<typeof randomPart>, hidden: readonly number[]): boolean {
  const clearance = 1e-5;
  return space.elements.every((element, place) => {
    const sign = part.splits[place] ?? 0;
    return (
      place === 0 || sign === 0 || sign * ((hidden[element] ?? 0) - (part.points[place] ?? 0)) > clearance
    );
  });
}

const stacked = (rows: readonly Float32Array[]) => Float32Array.from(rows.flatMap((row) => [...row]));

const outputsOf = 2;

/** A network with a box, its cut parts, and bounds of random combinations of outputs there. */
async function boundedParts(seed: number) {
  const draw = new Draw(300 + seed);
  const network = curvedNetwork(
    draw,
    [2, 4, 4, outputsOf],
    kinds[seed % kinds.length] ?? curves,
    seed % 2 === 1,
  );
  const { model, run } = await opened(network.model);
  const { lower, upper } = box(2);
  const hidden: readonly Neurons[] = neuronsOf(instanceOf(model));
  const crown = openCrown(model, inline, options);
  const root = await crown.hidden({ lower: float32(lower), upper: float32(upper) });
  const space = createSpace(instanceOf(model), { lower, upper }, hidden, root);
  const target = { name: model.output.name, mixed: false };
  const sessions = createSessions(instanceOf(model), hidden, target, 'deployed', inline);
  const count = 24;
  const parts = Array.from({ length: count }, () => randomPart(draw, space));
  const any = (make: () => number) => Float32Array.from({ length: count * space.width }, make);
  const batch = {
    count,
    start: Float32Array.from({ length: count * outputsOf }, () => draw.number('normal')),
    inputs: undefined,
    splits: stacked(parts.map(({ splits }) => splits)),
    points: stacked(parts.map(({ points }) => points)),
    slopes: any(() => 2 * draw.uniform() - 0.5),
    multipliers: any(() => draw.uniform() - 0.3),
    limits: new Float64Array(count).fill(Infinity),
  };
  const shared = inline.share(space.feeds);
  const { bound } = await (await sessions.bounds()).run(feedsOfBatch(batch), shared);
  const rates = { steps: 8, slope: 0.2, multiplier: 0.1, decay: 1 };
  const raised = await ascend(await sessions.ascent(), shared, batch, rates);
  const bounds = [Float64Array.from((bound?.data ?? []) as Float32Array), raised.bounds];
  return { draw, network, run, hidden, space, parts, batch, bounds };
}

/** By how much the deployed network is above the bounds of the parts that have a sample, for all samples. */
async function distancesOf({ draw, network, run, hidden, space, parts, batch, bounds }: Bounded) {
  const count = 1500;
  const samples = Float32Array.from({ length: 2 * count }, () => 2 * draw.uniform() - 1);
  const outputs = await run(float32(samples, [count, 2]));
  return Array.from({ length: count }, (_, sample) => {
    const values = curvedValues(network, [...samples.subarray(2 * sample, 2 * sample + 2)]);
    const neurons = hidden.flatMap(({ name }) => [...(values.get(name) ?? [])]);
    const term = (row: number, at: number) =>
      (batch.start[outputsOf * row + at] ?? 0) * (outputs[outputsOf * sample + at] ?? 0);
    return parts.flatMap((part, row) =>
      isInside(space, part, neurons)
        ? bounds.map((own) => term(row, 0) + term(row, 1) - (own[row] ?? Infinity))
        : [],
    );
  }).flat();
}
type Bounded = Awaited<ReturnType<typeof boundedParts>>;

test('bounds of cut parts are below the deployed network there, whatever the choices and multipliers', async () => {
  let [checked, tight, cut] = [0, 0, 0];
  const above: string[] = [];
  for (let seed = 0; seed < effort(2); seed++) {
    const bounded = await boundedParts(seed);
    cut += bounded.space.isCut.filter(Boolean).length;
    const distances = await distancesOf(bounded);
    checked += distances.length;
    tight += distances.filter((distance) => distance < 0.2).length;
    if (distances.some((distance) => !(distance >= 0))) above.push(`seed ${seed}`);
  }
  expect(above).toEqual([]);
  expect(cut).toBeGreaterThan(5);
  expect(checked).toBeGreaterThan(400);
  expect(tight).toBeGreaterThan(8);
}, 400_000);

const side = 201;
/** [-1, 1] x [-1, 1], row by row. */
const grid = Float32Array.from({ length: 2 * side * side }, (_, at) => {
  const place = at % 2 === 0 ? Math.floor(at / 2 / side) : Math.floor(at / 2) % side;
  return (2 * place) / (side - 1) - 1;
});

/** Searches a little below the least value on a grid, and a little above it, where there is nothing to prove, for a while. */
async function searchedAround(seed: number) {
  const draw = new Draw(400 + seed);
  const network = curvedNetwork(
    draw,
    [2, 4, 4, 1],
    kinds[(seed + 1) % kinds.length] ?? curves,
    seed % 2 === 0,
  );
  const file = await opened(network.model);
  const least = Math.min(...(await file.run(float32(grid, [side * side, 2]))));
  const search = async (distance: number, mostAsked: number) => {
    const rows = rowsBelow([[1]], 2, least - distance * (1 + Math.abs(least)));
    let asked = 0;
    const deadline = { expired: () => ++asked > mostAsked, interrupted: () => false };
    const { outcome, subproblems } = await searched(
      file,
      { ...box(2), rows },
      { repeatable: true, deadline },
    );
    const isRefuted = outcome === 'empty' && (await violations(file, rows, grid)).includes(true);
    return { outcome: isRefuted ? 'refuted' : outcome, subproblems };
  };
  return { below: await search(0.02, 20_000), above: await search(-0.02, 80) };
}

test('searches prove what raised bounds of the box leave open, and nothing that a sample refutes', async () => {
  const found: Awaited<ReturnType<typeof searchedAround>>[] = [];
  for (let seed = 0; seed < effort(2); seed++) found.push(await searchedAround(seed));
  expect(found.map(({ below }) => below.outcome)).toEqual(found.map(() => 'empty'));
  // Least values inside the box are the attack's to find.
  for (const { above } of found) expect(['open', 'found']).toContain(above.outcome);
  expect(found.some(({ below }) => below.subproblems > 1)).toBe(true);
  for (const { below } of found) expect(below.subproblems).toBeLessThan(5000);
}, 400_000);
