// Finiteness: what search watches, what replay says and a plain evaluation of random graphs, value by value in float32, say the same, also
// where a later value hides an infinity; and where bounds prove it, every value sampled is finite.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { subjectOf } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { gridPoint, gridPointNear, seenBy } from '../../helpers/pairs.js';

const width = 3;
const pointsPerGraph = 100;

/** A node behind the value before it, and what it gives for one element of that value and of an affine one. */
type Step = {
  readonly type: string;
  readonly constants?: Readonly<Record<string, number>>;
  readonly isBinary?: true;
  readonly of: (value: number, other: number) => number;
};

const scaled = (by: number): Step => ({
  type: 'Mul',
  constants: { by },
  of: (value) => value * Math.fround(by),
});
const steps: readonly Step[] = [
  scaled(16),
  scaled(3e38),
  { type: 'Add', constants: { by: -1 }, of: (value) => value - 1 },
  { type: 'Neg', of: (value) => -value },
  { type: 'Abs', of: Math.abs },
  { type: 'Exp', of: Math.exp },
  { type: 'Log', of: Math.log },
  { type: 'Sqrt', of: Math.sqrt },
  { type: 'Reciprocal', of: (value) => 1 / value },
  { type: 'Div', isBinary: true, of: (value, other) => value / other },
  // What hides an infinity.
  { type: 'Sigmoid', of: (value) => 1 / (1 + Math.exp(-value)) },
  { type: 'Clip', constants: { least: -1, most: 1 }, of: (value) => Math.min(1, Math.max(-1, value)) },
];

function drawn(draw: Draw) {
  const whole = () => ({ weight: draw.ints(width * width, -2, 2), bias: draw.ints(width, -2, 2) });
  const affine = [whole(), whole()] as const;
  const chain = Array.from({ length: draw.int(1, 4) }, () => draw.pick(steps));
  const constants = Object.fromEntries([
    ...affine.flatMap(({ weight, bias }, at) => [
      [`w${at}`, float32(weight, [width, width])] as const,
      [`b${at}`, float32(bias, [width])] as const,
    ]),
    ...chain.flatMap((step, at) =>
      Object.entries(step.constants ?? {}).map(
        ([name, value]) => [`${name}${at}`, float32([value], [])] as const,
      ),
    ),
  ]);
  const nodes: NodeShorthand[] = [
    ['Gemm', ['x', 'w0', 'b0'], 'h0'],
    ['Gemm', ['x', 'w1', 'b1'], 'g'],
    ...chain.map((step, at): NodeShorthand => {
      const own = Object.keys(step.constants ?? {}).map((name) => `${name}${at}`);
      return [step.type, [`h${at}`, ...(step.isBinary ? ['g'] : []), ...own], `h${at + 1}`];
    }),
    // Both values reach the output, whatever the chain is.
    ['Concat', [`h${chain.length}`, 'g'], 'y', { axis: 1 }],
  ];
  return { model: modelOf(['batch', width], nodes, constants), affine, chain };
}

/** Least float32 that is normal; below it kernels may give zero. */
const smallest = 2 ** -126;
const greatest = (2 - 2 ** -23) * 2 ** 127;

/** Whether every value is finite; undefined where that hangs on how some kernel rounds. */
function allFinite({ affine, chain }: ReturnType<typeof drawn>, x: ArrayLike<number>): boolean | undefined {
  const [values, others] = affine.map(({ weight, bias }) =>
    bias.map((start, out) =>
      Array.from(x).reduce((sum, value, at) => sum + value * (weight[at * width + out] ?? 0), start),
    ),
  );
  let now = values ?? [];
  let isSure = true;
  for (const step of chain) {
    const exact = now.map((value, at) => step.of(value, others?.[at] ?? 0));
    now = exact.map(Math.fround);
    const hangs = (value: number) =>
      (value !== 0 && Math.abs(value) < smallest) || Math.abs(Math.abs(value) / greatest - 1) < 1e-3;
    isSure &&= !exact.some(hangs);
    // What comes behind a value that is none cannot make up for it.
    if (!now.every(Number.isFinite)) return isSure ? false : undefined;
  }
  return isSure ? true : undefined;
}

async function tallyOf(graphs: number, shift = 0) {
  const tally = { differing: 0, violated: 0, unsound: 0, proved: 0, cases: 0 };
  for (let seed = 1; seed <= graphs; seed++) {
    const draw = new Draw(seed);
    const graph = drawn(draw);
    const linfEpsilon = draw.pick([0, 0.25]);
    const rows = Array.from({ length: pointsPerGraph }, () => gridPoint(draw, width));
    const property = { kind: 'finite', model: 'm0', linfEpsilon };
    const subject = await subjectOf({ files: [graph.model], rows, range: [-1, 1], property });
    const bounds = await subject.prove(subject.set, subject.targets, 'deployed');
    // One of each ball, on the grid.
    const points = rows.map((row) => gridPointNear(draw, row, linfEpsilon));
    const seen = await seenBy(subject, points);
    for (const [at, point] of points.entries()) {
      const isExpected = allFinite(
        graph,
        point.map((value) => value + shift),
      );
      if (isExpected === undefined) continue;
      const replayed = (await subject.replay(point, at)).violated;
      const isProved = (bounds[at] ?? 0) > 0;
      tally.differing += Number(seen.violated[at] === isExpected || replayed === isExpected);
      tally.violated += Number(!isExpected);
      tally.unsound += Number(isProved && !isExpected);
      tally.proved += Number(isProved);
      tally.cases++;
    }
  }
  return tally;
}

describe('finite', () => {
  test('compiled objective, replay and plain evaluation agree, and what is proved holds', async () => {
    // 105 graphs are more than 10,000 inputs whose kind is sure.
    const tally = await tallyOf(Math.min(105, effort(6)));
    expect(tally).toMatchObject({ differing: 0, unsound: 0 });
    expect(tally.violated).toBeGreaterThan(tally.cases / 50);
    expect(tally.proved).toBeGreaterThan(tally.cases / 50);
    expect(tally.proved + tally.violated).toBeLessThanOrEqual(tally.cases);
  });

  test('evaluation elsewhere is noticed', async () => {
    expect((await tallyOf(6, 0.25)).differing).toBeGreaterThan(0);
  });
});
