// What the search finds where the only ways to a counterexample are known.
import { describe, expect, test } from 'vitest';
import { noDeadline } from '../../../src/base/deadline.js';
import { float32 } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { admissible, boxCache } from '../../../src/verify/decide/boxes.js';
import { createReplay } from '../../../src/verify/decide/replay.js';
import { openSearch } from '../../../src/verify/search/search.js';
import { countingRuntime } from '../../helpers/counting-runtime.js';
import { problemOf, vnnlib } from '../../helpers/deciding.js';
import { modelOf } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

async function searched(file: Model, property: string, executions: number, seed = 1) {
  const problem = await problemOf(file, property);
  const replay = createReplay(problem);
  const boxes = problem.disjuncts.map(boxCache(admissible));
  const subject = { model: problem.model, disjuncts: problem.disjuncts, boxes, outputs: 1 };
  const search = await openSearch(subject, inline, seed);
  const effort = { executions, deadline: noDeadline };
  const found = await search.run([...boxes.keys()], effort, (disjunct, point) =>
    replay.confirm(disjunct, point, 'attack'),
  );
  return { found, witness: replay.witness(), executions: search.executions(), search };
}

const weights = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 1 : -1));
const product = (input: string): readonly [string, string[], string] => ['MatMul', [input, 'w'], 'y'];
const linear = modelOf(['batch', 40], [product('x')], { w: float32(weights, [40, 1]) });

describe('one disjunct', () => {
  test('a far corner of 40 dimensions, by gradients', async () => {
    const { found, witness } = await searched(linear, vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)'), 2000);
    expect(found).toBe(true);
    expect(witness?.output[0]).toBeGreaterThanOrEqual(39.9);
  });

  test('behind a Sign layer, whose derivative is zero', async () => {
    const signs = modelOf(['batch', 40], [['Sign', ['x'], 's'], product('s')], {
      w: float32(weights, [40, 1]),
    });
    expect((await searched(signs, vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)'), 2000)).found).toBe(true);
  });

  test('where nothing has a derivative, near the best that was sampled', async () => {
    // Steps of 1/8 in each of three elements: all of them have to be on their greatest.
    const steps = modelOf(
      ['batch', 3],
      [
        ['Mul', ['x', 'eight'], 'm'],
        ['Cast', ['m'], 'whole', { to: 6 }],
        ['Cast', ['whole'], 'f', { to: 1 }],
        ['ReduceSum', ['f', 'axis'], 'y'],
      ],
      {
        eight: float32([8], []),
        axis: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) },
      },
    );
    const property = vnnlib(3, 1, [0, '0.99'], '(>= Y_0 21)');
    expect((await searched(steps, property, 20_000)).found).toBe(true);
    // As many as would climb, were there derivatives.
    expect((await searched(steps, property, 33)).executions).toBe(32 + 16);
  });

  test('all rows of a conjunction at once, some of them over inputs', async () => {
    const rows = ['(>= Y_0 0.5)', '(<= Y_0 0.5001)', '(>= (+ X_0 X_2) 1.9)'];
    const { found, witness } = await searched(linear, vnnlib(40, 1, [-1, 1], ...rows), 60_000);
    expect(found).toBe(true);
    expect((witness?.input[0] ?? 0) + (witness?.input[2] ?? 0)).toBeGreaterThanOrEqual(1.9);
  });

  test('a model of one input at a time', async () => {
    const single = modelOf([1, 40], [product('x')], { w: float32(weights, [40, 1]) });
    expect((await searched(single, vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)'), 2000)).found).toBe(true);
  });
});

describe('many disjuncts', () => {
  const clause = (at: number, bound: number) =>
    `(and (>= X_0 ${at / 1000}) (<= X_0 ${(at + 1) / 1000}) (>= Y_0 ${bound}))`;
  const square = modelOf(['batch', 1], [['Mul', ['x', 'x'], 'y']]);

  test('3,000 boxes of which one has a counterexample', async () => {
    const clauses = Array.from({ length: 3000 }, (_, at) => clause(at, at === 1234 ? 1.5 : 10));
    const { witness } = await searched(square, vnnlib(1, 1, [0, 3], `(or ${clauses.join(' ')})`), 100_000);
    expect(witness?.disjunct).toBe(1234);
    expect(witness?.input[0]).toBeGreaterThanOrEqual(1.234);
    expect(witness?.input[0]).toBeLessThanOrEqual(1.235);
  });

  test('what is nearest is known of each', async () => {
    const { found, search } = await searched(
      square,
      vnnlib(1, 1, [0, 3], `(or ${clause(0, 1)} ${clause(2999, 10)})`),
      3000,
    );
    expect(found).toBe(false);
    expect(search.leastMargin(0)).toBeCloseTo(1, 4);
    expect(search.leastMargin(1)).toBeCloseTo(1, 2);
  });
});

test('equal seeds do the same, others do not', async () => {
  const property = vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)');
  const [one, same, other] = await Promise.all(
    [1, 1, 2].map((seed) => searched(linear, property, 2000, seed)),
  );
  expect(one?.witness).toEqual(same?.witness);
  expect(one?.executions).toBe(same?.executions);
  expect(one?.witness?.input).not.toEqual(other?.witness?.input);
});

describe('scans', () => {
  const subjectOf = async (file: Model, property: string) => {
    const problem = await problemOf(file, property);
    const { model, disjuncts } = problem;
    const subject = { model, disjuncts, boxes: disjuncts.map(boxCache(admissible)), outputs: 1 };
    return { subject, replay: createReplay(problem) };
  };
  const scanned = async (file: Model, property: string, executions: number) => {
    const { subject, replay } = await subjectOf(file, property);
    const runtime = countingRuntime(inline);
    const search = await openSearch(subject, runtime, 1);
    const effort = { executions, scans: true, deadline: noDeadline };
    const open = [...subject.boxes.keys()];
    const found = await search.run(open, effort, (...point) => replay.confirm(...point, 'attack'));
    return { found, search, replay, runtime };
  };

  test('find what a thousandth of the box is, and open no program of gradients', async () => {
    // The upper 0.05 of each of two elements, of which each is 2.5 percent of its range.
    const two = modelOf(['batch', 2], [product('x')], { w: float32([1, 1], [2, 1]) });
    const { found, runtime } = await scanned(two, vnnlib(2, 1, [-1, 1], '(>= Y_0 1.92)'), 20_000);
    expect(found).toBe(true);
    expect(runtime.opened).toHaveLength(1);
  });

  test('find what is at ends of four elements, but not of the fifth', async () => {
    const edge = modelOf(
      ['batch', 5],
      [
        ['Sub', ['x', 'place'], 'from'],
        ['Abs', ['from'], 'far'],
        ['Mul', ['far', 'each'], 'lost'],
        ['ReduceSum', ['lost', 'axis'], 'y'],
      ],
      {
        place: float32([1, -1, -1, 1, 0.2], [5]),
        each: float32([-1, -1, -1, -1, -2], [5]),
        axis: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) },
      },
    );
    // Less than one in 50,000 points of the box is.
    const { found } = await scanned(edge, vnnlib(5, 1, [-1, 1], '(>= Y_0 -0.4)'), 8000);
    expect(found).toBe(true);
  });

  const peak = modelOf(
    ['batch', 3],
    [
      ['Sub', ['x', 'place'], 'from'],
      ['Abs', ['from'], 'far'],
      ['ReduceSum', ['far', 'axis'], 'y'],
    ],
    {
      place: float32([0.3, -0.6, 0.1], [3]),
      axis: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) },
    },
  );

  test('find what is near the best of the scan before', async () => {
    // One in 750,000 points of the box is.
    const { found } = await scanned(peak, vnnlib(3, 1, [-1, 1], '(<= Y_0 0.02)'), 30_000);
    expect(found).toBe(true);
  });

  test('go on from a point that is suggested, moved into the box, unless they know a nearer one', async () => {
    const { subject, replay } = await subjectOf(peak, vnnlib(3, 1, [-1, 1], '(<= Y_0 0.0001)'));
    const search = await openSearch(subject, inline, 1);
    search.suggest(0, Float32Array.of(0.3, -0.6, 0.10005), 0.00005);
    search.suggest(0, Float32Array.of(9, 9, 9), 0.5);
    expect(search.leastMargin(0)).toBeCloseTo(0.00005, 9);
    const effort = { executions: 6000, scans: true, deadline: noDeadline };
    const confirm = (...point: [number, Float32Array]) => replay.confirm(...point, 'attack');
    expect(await search.run([0], effort, confirm)).toBe(true);
    const { search: other } = await scanned(peak, vnnlib(3, 1, [-1, 1], '(<= Y_0 0.0001)'), 6000);
    expect(other.leastMargin(0)).toBeGreaterThan(0.001);
    other.suggest(0, Float32Array.of(9, 9, 9), -1);
    expect(other.leastMargin(0)).toBe(-1);
  });

  test('leave what only gradients find to climbs, which go on with the best that was seen', async () => {
    const { found, search, replay, runtime } = await scanned(
      linear,
      vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)'),
      8000,
    );
    expect(found).toBe(false);
    expect(search.executions()).toBeGreaterThanOrEqual(8000);
    expect(search.leastMargin(0)).toBeLessThan(20);
    const effort = { executions: 2000, deadline: noDeadline };
    expect(await search.run([0], effort, (...point) => replay.confirm(...point, 'attack'))).toBe(true);
    expect(runtime.opened).toHaveLength(2);
  });

  test('of many disjuncts look at each', async () => {
    const clauses = [0, 1, 2].map((at) => `(>= Y_0 ${10 + at})`);
    const { search } = await scanned(linear, vnnlib(40, 1, [-1, 1], `(or ${clauses.join(' ')})`), 4000);
    for (const disjunct of [0, 1, 2]) expect(search.executionsOf(disjunct)).toBeGreaterThan(1000);
  });
});

test('a round that was cut short is begun again, once', async () => {
  const problem = await problemOf(linear, vnnlib(40, 1, [-1, 1], '(>= Y_0 39.9)'));
  const subject = {
    model: problem.model,
    disjuncts: problem.disjuncts,
    boxes: problem.disjuncts.map(boxCache(admissible)),
    outputs: 1,
  };
  const search = await openSearch(subject, inline, 1);
  const replay = createReplay(problem);
  /** @param looks at the deadline before it is over */
  const spent = async (looks: number) => {
    let left = looks;
    const deadline = { ...noDeadline, expired: () => left-- <= 0 };
    const before = search.executions();
    const effort = { executions: 100_000, deadline };
    const found = await search.run([0], effort, (...point) => replay.confirm(...point, 'attack'));
    return { found, executions: search.executions() - before };
  };
  // Samples, and the first steps of climbs that would find it.
  expect((await spent(6)).found).toBe(false);
  const { found, executions } = await spent(Infinity);
  expect(found).toBe(true);
  // Another round begins with thousands of samples.
  expect(executions).toBeLessThan(1000);
});
