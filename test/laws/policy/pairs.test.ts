// Properties of two inputs: what search compiles, what the engine is asked to prove and a plain reading of the formula in
// docs/policy.md say the same of random pairs, of networks that compute exactly.
import { describe, expect, test } from 'vitest';
import type { Subject } from '../../../src/cli/check/subject.js';
import { satisfies } from '../../../src/verify/decide/constraints.js';
import { subjectOf } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { mlp } from '../../helpers/mlps.js';
import { exactNetwork, gridPoint, seenBy } from '../../helpers/pairs.js';

type Numbers = ArrayLike<number>;

/** One property, and its formula written out, of both inputs and both outputs. */
type Case = {
  readonly property: Readonly<Record<string, unknown>>;
  holds(x: Numbers, other: Numbers, y: Numbers, z: Numbers): boolean;
  /** A vector of a pair. */
  draw(draw: Draw): number[];
};

const inputs = 4;
const outputs = 3;
const pairsPerNetwork = 50;

const at = (values: Numbers, index: number): number => values[index] ?? Number.NaN;

/** The first of the greatest. */
function winner(y: Numbers): number {
  for (let k = 0; k < y.length; k++) {
    let wins = true;
    for (let j = 0; j < y.length; j++) wins &&= j < k ? at(y, k) > at(y, j) : at(y, k) >= at(y, j);
    if (wins) return k;
  }
  return -1;
}

function farthest(a: Numbers, b: Numbers): number {
  let most = 0;
  for (let k = 0; k < a.length; k++) most = Math.max(most, Math.abs(at(a, k) - at(b, k)));
  return most;
}

const kinds: Readonly<Record<string, (draw: Draw) => Case>> = {
  monotonic: (draw) => {
    const features = draw.pick([[0], [1, 3]]);
    const output = draw.int(0, outputs - 1);
    const direction = draw.pick(['increasing', 'decreasing']);
    const slack = draw.pick([0, 1, 4]);
    return {
      property: { kind: 'monotonic', features, output, direction, slack },
      holds: (_, __, y, z) =>
        direction === 'increasing'
          ? at(z, output) >= at(y, output) - slack
          : at(z, output) <= at(y, output) + slack,
      draw: (of) => gridPoint(of, inputs + features.length),
    };
  },
  lipschitz: (draw) => {
    const constant = draw.pick([0, 2, 8]);
    const slack = draw.pick([0, 1]);
    return {
      property: { kind: 'lipschitz', constant, slack },
      holds: (x, other, y, z) => farthest(y, z) <= constant * farthest(x, other) + slack,
      draw: (of) => gridPoint(of, 2 * inputs),
    };
  },
  fairness: (draw) => {
    const tolerance = draw.pick([undefined, undefined, 2]);
    const choice = [
      [1, 0],
      [0, 1],
      [-1, -1],
    ];
    return {
      property: {
        kind: 'fairness',
        protected: [3, { features: [0, 1], values: choice }],
        ...(tolerance !== undefined && { tolerance }),
      },
      holds: (_, __, y, z) =>
        tolerance === undefined ? winner(y) === winner(z) : farthest(y, z) <= tolerance,
      // The second's element 3, and which values both have.
      draw: (of) => [...gridPoint(of, inputs + 1), of.int(0, 11) / 4, of.int(0, 11) / 4],
    };
  },
};

type Tally = { differing: number; violated: number; cases: number };

/** How often the three readings differ. */
async function compare(
  subject: Subject,
  holds: Case['holds'],
  joined: readonly Float32Array[],
): Promise<Tally> {
  const seen = await seenBy(subject, joined);
  const decides = subject.decides?.();
  const original = decides?.original?.(0);
  if (decides === undefined || original === undefined || subject.pair === undefined)
    throw new Error('no proof');
  const tally = { differing: 0, violated: 0, cases: joined.length };
  for (const [row, vector] of joined.entries()) {
    const [x, other] = subject.pair.apart(vector);
    const both = Float32Array.of(...x, ...other);
    const run = Array.from(await decides.run(both));
    const expected = !holds(x, other, run.slice(0, outputs), run.slice(outputs));
    const isIn = ({ lower, upper }: { lower: Numbers; upper: Numbers }) =>
      both.every((value, place) => value >= at(lower, place) && value <= at(upper, place));
    // Disjuncts have each two choices of values once, so that either order of the inputs will do.
    const swapped = Float32Array.of(...other, ...x);
    const encoded =
      original.disjuncts.some((disjunct) => isIn(disjunct) && satisfies(disjunct, both, run)) ||
      original.disjuncts.some(
        (disjunct) =>
          subject.property.kind === 'fairness' &&
          swapped.every(
            (value, place) => value >= at(disjunct.lower, place) && value <= at(disjunct.upper, place),
          ) &&
          satisfies(disjunct, swapped, [...run.slice(outputs), ...run.slice(0, outputs)]),
      );
    const replayed = (await subject.replay(vector, 0)).violated;
    if (expected) tally.violated++;
    if ([seen.violated[row], encoded, replayed].some((said) => said !== expected)) tally.differing++;
  }
  return tally;
}

async function tallyOf(
  kind: string,
  networks: number,
  twist: (drawn: Case) => Case = (drawn) => drawn,
): Promise<Tally> {
  const total = { differing: 0, violated: 0, cases: 0 };
  for (let seed = 1; seed <= networks; seed++) {
    const draw = new Draw(seed);
    const file = exactNetwork(draw, [inputs, 5, outputs]);
    const drawn = kinds[kind]?.(draw);
    if (drawn === undefined) throw new Error(kind);
    const { property, holds, draw: vector } = twist(drawn);
    const setting = { files: [file], rows: [gridPoint(draw, inputs)], range: [-1, 1] as const };
    const subject = await subjectOf({ ...setting, property: { model: 'm0', ...property } });
    const joined = Array.from({ length: pairsPerNetwork }, () => Float32Array.from(vector(draw)));
    const found = await compare(subject, holds, joined);
    total.differing += found.differing;
    total.violated += found.violated;
    total.cases += found.cases;
  }
  return total;
}

// 200 networks are 10,000 pairs.
const networks = Math.min(200, effort(1));

describe.each(Object.keys(kinds))('%s', (kind) => {
  test('compiled objective, proof encoding, replay and formula agree', async () => {
    const { differing, violated, cases } = await tallyOf(kind, networks);
    expect(differing).toBe(0);
    // Both answers occur.
    expect(violated).toBeGreaterThan(cases / 50);
    expect(violated).toBeLessThan(cases);
  });
});

describe('a planted mistake is noticed', () => {
  test('the wrong direction', async () => {
    const turned = (drawn: Case): Case => {
      const direction = drawn.property.direction === 'increasing' ? 'decreasing' : 'increasing';
      return { ...drawn, property: { ...drawn.property, direction } };
    };
    expect((await tallyOf('monotonic', 1, turned)).differing).toBeGreaterThan(0);
  });

  test.each(['monotonic', 'lipschitz'])('a slack that is missing: %s', async (kind) => {
    const without = (drawn: Case): Case => ({ ...drawn, property: { ...drawn.property, slack: 0 } });
    expect((await tallyOf(kind, 2, without)).differing).toBeGreaterThan(0);
  });

  test('scores for decisions', async () => {
    const scores = (drawn: Case): Case => ({ ...drawn, property: { ...drawn.property, tolerance: 0 } });
    expect((await tallyOf('fairness', 1, scores)).differing).toBeGreaterThan(0);
  });
});

describe('bounds are below the margin of every sampled pair', () => {
  const properties = {
    monotonic: { kind: 'monotonic', features: [0, 2], output: 1 },
    lipschitz: { kind: 'lipschitz', constant: 3 },
    fairness: { kind: 'fairness', protected: [1, { feature: 3, values: [0, 0.5, 1] }], tolerance: 4 },
  };

  test.each(Object.entries(properties))('%s', async (_, property) => {
    for (let seed = 1; seed <= effort(1); seed++) {
      const draw = new Draw(seed);
      const { model } = mlp(draw, [inputs, 6, outputs], 'normal');
      const setting = { files: [model], rows: [gridPoint(draw, inputs)], range: [-1, 1] as const };
      const linfEpsilon = draw.pick([0.05, 0.5]);
      const subject = await subjectOf({ ...setting, property: { model: 'm0', linfEpsilon, ...property } });
      const [bound = 0] = await subject.prove(subject.set, subject.targets, 'deployed');
      const limits = { subproblems: 30, deadline: { interrupted: () => false, expired: () => false } };
      const cut = await subject.cut?.(0, limits);
      const { lower, upper } = subject.set;
      for (let sample = 0; sample < 100; sample++) {
        const vector = Float32Array.from(lower.data, (low, place) => {
          const high = at(upper.data, place);
          return Math.min(high, Math.max(low, low + draw.pick([0, 1, draw.uniform()]) * (high - low)));
        });
        const { margin } = await subject.replay(vector, 0);
        expect(margin).toBeGreaterThanOrEqual(Math.max(bound, cut?.bound ?? -Infinity));
      }
    }
  });
});
