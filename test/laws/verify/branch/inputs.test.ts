// Laws of input splitting: what is claimed of a box holds at every point of it, as deployed, and nothing is proved that a point
// of a grid contradicts. Zero tolerance.
import { describe, expect, test } from 'vitest';
import { noDeadline } from '../../../../src/base/deadline.js';
import type { FloatDType } from '../../../../src/base/dtype.js';
import { float32 } from '../../../../src/base/tensor.js';
import { lowerModel } from '../../../../src/ops/lower-model.js';
import { compile } from '../../../../src/program/compile.js';
import { Program } from '../../../../src/program/program.js';
import type { Batch } from '../../../../src/verify/branch/inputs/bounder.js';
import { boundAll, boundAssumed } from '../../../../src/verify/branch/inputs/bounding.js';
import { openForward } from '../../../../src/verify/branch/inputs/forward.js';
import { bestCuts } from '../../../../src/verify/branch/inputs/halves.js';
import { hiddenTargets, type Subject } from '../../../../src/verify/branch/inputs/hidden.js';
import { branchOnInputs } from '../../../../src/verify/branch/inputs/inputs.js';
import { limitsOf } from '../../../../src/verify/branch/inputs/limits.js';
import { boundingFileOf, type Prepared, prepare } from '../../../../src/verify/branch/inputs/prepare.js';
import { rootsOf } from '../../../../src/verify/branch/inputs/roots.js';
import {
  coefficientsOf,
  constantsOf,
  formConstantsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Subproblem,
  upperOf,
} from '../../../../src/verify/branch/inputs/subproblem.js';
import { boundThoroughly } from '../../../../src/verify/branch/inputs/thorough.js';
import type { OpenDisjunct } from '../../../../src/verify/branch/types.js';
import { samplesOf } from '../../../helpers/bounding.js';
import { dot, greatestExcess, questionOf, requestOf } from '../../../helpers/branching.js';
import { Draw } from '../../../helpers/draw.js';
import { effort } from '../../../helpers/laws.js';
import { mlp } from '../../../helpers/mlps.js';
import { type Opened, opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';
import { branching, fannedOut, strided, unbatched } from '../../../soundness/crown-networks.js';
import { convolutional, perceptron } from '../../../soundness/networks.js';

type Claims = {
  readonly prepared: Prepared;
  readonly it: Opened;
  readonly disjuncts: readonly OpenDisjunct[];
  readonly bound: (boxes: readonly Subproblem[]) => Promise<readonly Subproblem[]>;
  /** Whether claims about parts of boxes are about counterexamples only. */
  readonly limited: boolean;
};

const asked = { arithmetic: 'deployed', memoryBytes: 2 ** 30 } as const;

/** Values of all hidden values of the plan at points [n, ...input], one array after the other in `hidden`, and outputs. */
async function valuesAt({ it, prepared, disjuncts }: Claims, points: Float32Array) {
  const subject = { model: it.model, disjuncts, ...asked };
  const p = new Program();
  const features = it.model.input.shape.slice(it.model.batched ? 1 : 0).map(Number);
  const x = p.input('x', 'float32', ['batch', ...features]);
  const lowered = lowerModel(p, it.model, x);
  const names = hiddenTargets(subject).map(({ name }) => name);
  const taps = names.flatMap((name, k) => {
    const value = lowered.values.get(name);
    return value === undefined ? [] : [[`h${k}`, value] as const];
  });
  const session = await compile(p, { y: lowered.output, ...Object.fromEntries(taps) }, inline);
  const count = points.length / prepared.space.packing.inputs;
  const results = await session.run({ x: float32(points, [count, ...features]) });
  const floats = (name: string) => results[name]?.data as Float32Array | undefined;
  const deployed = await it.run(float32(points, [count, ...features]));
  return { count, deployed, hidden: names.map((_, k) => floats(`h${k}`)) };
}

/** -Infinity and NaN say nothing. */
const isWrong = (bound: number, value: number) =>
  bound === Infinity || (Number.isFinite(bound) && !(bound <= value));

/** What is claimed of a box and does not hold at a sample. */
async function broken(claims: Claims, box: Subproblem, draw: Draw): Promise<string[]> {
  const { packing } = claims.prepared.space;
  const [lower, upper] = [lowerOf(packing, box.data), upperOf(packing, box.data)];
  const samples = samplesOf(lower, upper, [packing.inputs], 200, draw.uniform);
  const { count, deployed, hidden } = await valuesAt(claims, samples.data);
  return Array.from({ length: count }, (_, at) => {
    const x = samples.data.subarray(at * packing.inputs, (at + 1) * packing.inputs);
    const size = claims.prepared.bounder.outputs;
    const y = deployed.subarray(at * size, (at + 1) * size);
    if (box.limits !== undefined && !isCounterexample(claims, box, x, y)) return [];
    return [...brokenRows(claims, box, x, y), ...brokenHidden(claims, box, x, hidden, at)];
  }).flat();
}

/** Of boxes with limits nothing is claimed but of these. */
function isCounterexample(
  { disjuncts }: Claims,
  { disjunct }: Subproblem,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
) {
  const rows = disjuncts[disjunct]?.rows;
  return rows !== undefined && greatestExcess(rows, x, y) <= 0;
}

function brokenRows(
  { prepared, disjuncts }: Claims,
  { data, disjunct, bound }: Subproblem,
  x: Float32Array,
  y: ArrayLike<number>,
): string[] {
  const { packing } = prepared.space;
  const rows = disjuncts[disjunct]?.rows;
  if (rows === undefined) return ['no disjunct'];
  const wrong = isWrong(bound, greatestExcess(rows, x, y)) ? [`bound ${bound}`] : [];
  for (let row = 0; row < rows.count; row++) {
    const value = dot(rows.outputs, row, y) + dot(rows.inputs, row, x);
    const form = dot(coefficientsOf(packing, data), row, x) + (constantsOf(packing, data)[row] ?? 0);
    if (isWrong(form, value)) wrong.push(`row ${row}: linear bound ${form} of ${value}`);
  }
  return wrong;
}

function brokenHidden(
  { prepared }: Claims,
  { data }: Subproblem,
  x: Float32Array,
  hidden: readonly (Float32Array | undefined)[],
  at: number,
): string[] {
  const { packing } = prepared.space;
  const wrong: string[] = [];
  const check = (value: number, element: number) => {
    const [low, high] = [hiddenLowerOf(packing, data)[element] ?? 0, hiddenUpperOf(packing, data)[element]];
    // An infinite upper bound says that nothing is known.
    if (high !== Infinity && !(low <= value && value <= (high ?? 0)))
      wrong.push(`hidden ${element}: ${value} in [${low}, ${high}]`);
    for (const [form, z] of [
      [element, value],
      [packing.hidden + element, -value],
    ] as const) {
      const least = dot(formsOf(packing, data), form, x) + (formConstantsOf(packing, data)[form] ?? 0);
      if (isWrong(least, z)) wrong.push(`hidden ${element}: linear bound ${least} of ${z}`);
    }
  };
  prepared.space.hidden.forEach(({ offset, size }, k) => {
    const values = hidden[k]?.subarray(at * size, (at + 1) * size);
    values?.forEach((value, own) => {
      check(value, offset + own);
    });
  });
  return wrong;
}

/** What hidden bounds of halves say, as cuts are chosen by them, and is not so at a sample. */
async function brokenHalves(claims: Claims, batch: Batch, draw: Draw): Promise<string[]> {
  const { packing, hidden: values } = claims.prepared.space;
  const wrong: string[] = [];
  const count = Math.min(batch.count, 8);
  const length = batch.known.length / batch.count;
  for (let half = 0; half < count; half++) {
    const known = batch.known.slice(half * length, (half + 1) * length);
    const [lower, upper] = [lowerOf(packing, known), upperOf(packing, known)];
    const samples = samplesOf(lower, upper, [packing.inputs], 60, draw.uniform);
    const { hidden } = await valuesAt(claims, samples.data);
    values.forEach(({ offset, size }, k) => {
      const [low, high] = [hiddenLowerOf(packing, known), hiddenUpperOf(packing, known)];
      hidden[k]?.forEach((z, at) => {
        const [least = 0, most = 0] = [low[offset + (at % size)], high[offset + (at % size)]];
        if (most !== Infinity && !(least <= z && z <= most)) wrong.push(`half: ${z} in [${least}, ${most}]`);
      });
    });
  }
  return wrong;
}

/** A root and descendants of it, each checked; cuts are those that branching takes, and random ones. */
async function descend(claims: Claims, draw: Draw): Promise<{ wrong: string[]; finite: number }> {
  const { space, bounder } = claims.prepared;
  const { packing } = space;
  const roots = await rootsOf(claims.prepared, [...space.disjuncts.keys()]);
  const isAssumed = claims.prepared.intervals === undefined;
  let boxes: readonly Subproblem[] = await (isAssumed
    ? boundAssumed(space, roots, bounder)
    : claims.bound(roots));
  const wrong: string[] = [];
  let finite = 0;
  for (let depth = 0; depth < 3; depth++) {
    for (const box of boxes) wrong.push(...(await broken(claims, box, draw)));
    finite += boxes.filter(({ bound }) => Number.isFinite(bound)).length;
    const tried: Batch[] = [];
    const watched = {
      ...bounder,
      run: async (batch: Batch) => {
        tried.push(batch);
        return bounder.run(batch);
      },
    };
    const cuts = await bestCuts(space, boxes, watched);
    if (!claims.limited) for (const batch of tried) wrong.push(...(await brokenHalves(claims, batch, draw)));
    const halves = boxes.flatMap((box, at): Subproblem[] => {
      const cut = cuts[at];
      if (cut === undefined) return [];
      const data = box.data.slice();
      const isLeft = draw.flag();
      (isLeft ? upperOf : lowerOf)(packing, data)[cut.input] = cut.at;
      const half = { ...box, data, bound: isLeft ? cut.left : cut.right };
      return [claims.limited ? { ...half, limits: limitsOf(space, box) } : half];
    });
    // Bounds of the halves as they were when the cut was chosen: rows only.
    for (const half of halves) {
      const { bound } = half;
      const excess = await leastExcess(claims, half, draw);
      const isClaimed = !claims.limited || excess <= 0;
      if (isClaimed && isWrong(bound, excess)) wrong.push(`half ${bound} of ${excess}`);
    }
    boxes = await claims.bound(halves);
  }
  return { wrong, finite };
}

async function leastExcess(claims: Claims, { data, disjunct }: Subproblem, draw: Draw): Promise<number> {
  const { space, bounder } = claims.prepared;
  const { packing } = space;
  const samples = samplesOf(
    lowerOf(packing, data),
    upperOf(packing, data),
    [packing.inputs],
    100,
    draw.uniform,
  );
  const { count, deployed } = await valuesAt(claims, samples.data);
  const rows = claims.disjuncts[disjunct]?.rows;
  let least = Infinity;
  for (let at = 0; at < count && rows; at++)
    least = Math.min(
      least,
      greatestExcess(
        rows,
        samples.data.subarray(at * packing.inputs, (at + 1) * packing.inputs),
        deployed.subarray(at * bounder.outputs, (at + 1) * bounder.outputs),
      ),
    );
  return least;
}

/** What a call has memory for is bounded again, everywhere or where counterexamples can be; or all that is open, behind affine forms. */
const ways = {
  brief:
    async ({ space, bounder }: Prepared) =>
    (boxes: readonly Subproblem[]) =>
      boundAll(space, boxes, bounder),
  limited:
    async ({ space, bounder }: Prepared) =>
    (boxes: readonly Subproblem[]) =>
      boundAll(space, boxes, bounder),
  thorough: async ({ space, bounder }: Prepared, subject: Subject) => {
    const forward = await openForward(subject, inline);
    const thorough = { space: { ...space, elementsPerCall: 9 }, bounder, forward, deadline: noDeadline };
    return async (boxes: readonly Subproblem[]) => (await boundThoroughly(thorough, boxes)).boxes;
  },
};

describe.each([
  { kind: 'perceptrons', build: perceptron, networks: 6 },
  {
    kind: 'plain perceptrons',
    build: (draw: Draw) => mlp(draw, [3, 12, 12, 12, 4], 'normal').model,
    networks: 4,
  },
  { kind: 'huge weights', build: (draw: Draw) => mlp(draw, [3, 6, 6, 2], 'huge').model, networks: 3 },
  { kind: 'tiny weights', build: (draw: Draw) => mlp(draw, [3, 6, 6, 2], 'subnormal').model, networks: 3 },
  { kind: 'branching graphs', build: branching, networks: 5 },
  { kind: 'fanned-out values', build: fannedOut, networks: 3 },
  { kind: 'strides, groups and pooling', build: strided, networks: 2 },
  { kind: 'convolutions', build: convolutional, networks: 1 },
  { kind: 'files without batch axis', build: unbatched, networks: 2 },
])('$kind', ({ kind, build, networks }) => {
  // Pooling has no forms of its own, and convolutions have their networks below.
  const isFormless = kind === 'strides, groups and pooling';
  test.each<readonly [keyof typeof ways, FloatDType]>([
    ['brief', 'float32'],
    ['brief', 'float64'],
    ...(kind.includes('perceptrons') ? [['limited', 'float32'] as const] : []),
    ...(isFormless ? [] : [['thorough', 'float32'] as const]),
  ])('what is claimed of a box holds at its points: %s, %s', async (way, dtype) => {
    let finite = 0;
    for (
      let seed = 0;
      seed <
      (way === 'thorough' ? effort(Math.ceil(networks / 3)) : dtype === 'float64' ? 1 : effort(networks));
      seed++
    ) {
      const draw = new Draw(seed);
      const it = await opened(build(draw));
      const { disjuncts } = questionOf(it.model, draw);
      const subject = { model: it.model, disjuncts, ...asked };
      const file = boundingFileOf(subject, inline, dtype);
      const prepared = await prepare(subject, file, { bounding: inline, others: inline });
      const bound = await ways[way](prepared, subject);
      const limited = way === 'limited';
      const result = await descend({ prepared, it, disjuncts, bound, limited }, draw);
      expect(result.wrong.slice(0, 3), `seed ${seed}`).toEqual([]);
      finite += result.finite;
    }
    // Not vacuous.
    if (kind !== 'huge weights') expect(finite).toBeGreaterThan(0);
  });
});

// Little memory leaves a few elements of each hidden value to a call: then layers of eight are wide.
test.each([
  ['narrow', [2, 8, 8, 3], 2 ** 28, 16],
  ['wide', [2, 8, 8, 8, 3], 2 ** 14, 60],
])(
  'nothing is proved that a point of a grid contradicts, and most that is true is proved: %s',
  async (kind, widths, memoryBytes, rounds) => {
    const networks = effort(12);
    let [empty, open] = [0, 0];
    const lines: string[] = [];
    for (let seed = 0; seed < networks; seed++) {
      const draw = new Draw(seed);
      const it = await opened(mlp(draw, widths, 'normal').model);
      const { disjuncts, grid } = questionOf(it.model, draw, 3);
      const points = grid(41);
      const outputs = await it.run(float32(points, [points.length / 2, 2]));
      const least = disjuncts.map(({ rows }) => {
        let smallest = Infinity;
        for (let at = 0; at < points.length / 2; at++) {
          const [x, y] = [points.subarray(2 * at, 2 * at + 2), outputs.subarray(3 * at, 3 * at + 3)];
          smallest = Math.min(smallest, greatestExcess(rows, x, y));
        }
        return smallest;
      });
      // Limits near the least that the grid has, on both sides: hard questions.
      const shifted = disjuncts.map((disjunct, at): OpenDisjunct => {
        const shift = (least[at] ?? 0) + draw.pick([-0.02, -0.5, 0, 0.01]);
        return {
          ...disjunct,
          rows: { ...disjunct.rows, bounds: disjunct.rows.bounds.map((b) => b + shift) },
        };
      });
      const request = { ...requestOf(it.model, shifted, inline, rounds), memoryBytes };
      const results = await branchOnInputs(request, (line) => lines.push(line));
      results.forEach(({ state, bound }, at) => {
        const [before, after] = [disjuncts[at]?.rows.bounds[0] ?? 0, shifted[at]?.rows.bounds[0] ?? 0];
        const excess = (least[at] ?? 0) - (after - before);
        if (state === 'empty') {
          empty++;
          expect(bound).toBeGreaterThan(0);
          expect(excess, `seed ${seed}, disjunct ${at}`).toBeGreaterThan(0);
        } else open++;
        // Limits are doubles: what they and the sums of the test round is far below.
        expect(bound).toBeLessThanOrEqual(Math.max(excess, 0) + 1e-12);
      });
    }
    expect(empty).toBeGreaterThan(networks / 2);
    expect(open).toBeGreaterThan(networks / 2);
    if (kind === 'wide') expect(lines.length).toBeGreaterThan(networks / 4);
    else expect(lines).toEqual([]);
  },
);
