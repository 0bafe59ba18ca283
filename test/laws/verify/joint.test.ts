// Properties of two random networks, tied in random ways: no proof where a sample violates, no counterexample that the file refuses.
import { expect, test } from 'vitest';
import { nextAbove } from '../../../src/base/float32-rounding.js';
import type { Model } from '../../../src/graph/graph.js';
import type { Disjunct } from '../../../src/policy/vnnlib/property.js';
import { branch } from '../../../src/verify/branch/choose.js';
import { excess, satisfies } from '../../../src/verify/decide/constraints.js';
import { decide } from '../../../src/verify/decide.js';
import { decideOptions } from '../../helpers/deciding.js';
import { Draw } from '../../helpers/draw.js';
import { between, type Joint, jointOf, twoNetworks } from '../../helpers/joint.js';
import { effort } from '../../helpers/laws.js';
import { mlp } from '../../helpers/mlps.js';
import { inline } from '../../helpers/programs.js';

/** How Z[0,at] hangs on X[0,at]: what the file says, and a float32 Z for an X that satisfies it, most of the time. */
type Tie = { readonly text: readonly string[]; readonly draw: (x: number) => number };

function tieOf(draw: Draw, at: number): Tie {
  const [x, z] = [`X[0,${at}]`, `Z[0,${at}]`];
  const own = between(z, -1, 1);
  const distance = draw.pick([1e-7, 0.01, 0.3]);
  // Ends are where the least values are.
  const away = (low: number, high: number) => (from: number) =>
    Math.fround(
      from + low + (high - low) * draw.pick([0, 1, 1e-6, 1 - 1e-6, draw.uniform(), draw.uniform()]),
    );
  switch (draw.int(0, 5)) {
    case 0:
      return { text: [`(== ${x} ${z})`], draw: (from) => from };
    case 1:
      return {
        text: [`(<= (- ${x} ${z}) ${distance})`, `(<= ${z} (+ ${x} ${distance}))`],
        draw: away(-distance, distance),
      };
    case 2:
      return { text: [own, `(>= ${z} ${x})`], draw: (from) => draw.pick([from, away(0, 1 - from)(from)]) };
    case 3:
      return {
        text: [own, `(> ${x} ${z})`],
        draw: (from) => draw.pick([-nextAbove(-from), away(-1 - from, 0)(from)]),
      };
    case 4:
      return { text: [own, `(<= (+ ${x} ${z}) 0.5)`], draw: (from) => away(-1, Math.min(1, 0.5 - from))(0) };
    default:
      return { text: [own], draw: () => away(-1, 1)(0) };
  }
}

type Case = {
  readonly files: readonly [Model, Model];
  readonly ties: readonly Tie[];
  readonly text: (bound: number) => string;
};

function caseOf(draw: Draw): Case {
  const inputs = draw.int(1, 3);
  const net = () => mlp(draw, [inputs, draw.int(2, 6), draw.int(1, 5), 2], 'normal').model;
  const f = net();
  const isEqual = draw.flag();
  const ties = Array.from({ length: inputs }, (_, at) => tieOf(draw, at));
  const [a, b, c] = [draw.pick([1, -1, 0.3]), draw.pick([1, -1, 0]), draw.pick([0, 0, 0.7])];
  const row = `(+ (* ${a} (- Y[0,0] W[0,0])) (* ${b} (- W[0,1] Y[0,1])) (* ${c} Z[0,0]))`;
  const isSplit = draw.flag();
  const text = (bound: number) =>
    twoNetworks(
      inputs,
      2,
      isEqual ? '(equal-to f)' : '',
      ...Array.from({ length: inputs }, (_, at) => between(`X[0,${at}]`, -1, 1)),
      ...ties.flatMap((tie) => tie.text),
      isSplit ? `(or (< ${row} ${bound}) (> ${row} 100))` : `(<= ${row} ${bound})`,
    );
  return { files: [f, isEqual ? f : net()], ties, text };
}

/** Pairs of inputs as the ties draw them. */
function samplesOf(draw: Draw, { ties }: Case, count: number): Float32Array[] {
  return Array.from({ length: count }, () => {
    const x = ties.map(() => Math.fround(draw.pick([-1, 1, 2 * draw.uniform() - 1, 2 * draw.uniform() - 1])));
    return Float32Array.from([...x, ...ties.map((tie, at) => tie.draw(x[at] ?? 0))]);
  });
}

const liesIn = ({ lower, upper }: Disjunct, x: Float32Array): boolean =>
  x.every((value, at) => value >= (lower[at] ?? Number.NaN) && value <= (upper[at] ?? Number.NaN));

const onInputs = (disjunct: Disjunct): Disjunct => ({
  ...disjunct,
  constraints: disjunct.constraints.filter(({ outputs }) => outputs.indices.length === 0),
});

/** What the row is at the samples that satisfy all that is said of inputs alone. */
async function rowsAt(samples: readonly Float32Array[], { disjuncts, problem }: Joint): Promise<number[]> {
  const [first] = disjuncts;
  const row = first?.constraints.find(({ outputs }) => outputs.indices.length > 0);
  if (first === undefined || row === undefined) return [];
  const values: number[] = [];
  for (const x of samples) {
    const y = await problem.run(x);
    if (liesIn(first, x) && satisfies(onInputs(first), x, y)) values.push(excess(row, x, y) + row.bound);
  }
  return values;
}

/** From the least that samples show: what they violate, barely and clearly, and what they do not. */
const distances = [1e-3, 0.02, 0.1, -0.02, -0.3, -2] as const;

test('verdicts agree with samples', async () => {
  const wrong: string[] = [];
  const counts = { proved: 0, violated: 0, unknown: 0, admitted: 0 };
  for (let seed = 0; seed < effort(24); seed++) {
    const draw = new Draw(7000 + seed);
    const found = caseOf(draw);
    const values = await rowsAt(samplesOf(draw, found, 1000), await jointOf(found.files, found.text(0)));
    counts.admitted += values.length;
    const least = Math.min(...values);
    // Where everything cancels there is no row.
    if (!Number.isFinite(least)) continue;
    for (const distance of [draw.pick(distances), draw.pick(distances)]) {
      const { problem, disjuncts } = await jointOf(found.files, found.text(least + distance));
      const options = { ...decideOptions, timeoutMs: 1000, seed, branch, ...limited(1000) };
      const outcome = await decide(problem, options, { pool: inline, inline });
      counts[outcome.verdict]++;
      const line = `seed ${seed}, ${distance} from ${least}: ${outcome.verdict}`;
      if (outcome.verdict === 'proved' && distance > 0) wrong.push(`${line}, yet a sample violates`);
      if (outcome.verdict !== 'violated') continue;
      const disjunct = disjuncts[outcome.disjunct];
      const output = Float64Array.from(await problem.run(outcome.input));
      const holds = disjunct && liesIn(disjunct, outcome.input) && satisfies(disjunct, outcome.input, output);
      if (holds !== true) wrong.push(`${line}, at inputs that the file refuses`);
    }
  }
  expect(wrong).toEqual([]);
  // The law says something only where there are proofs, counterexamples, and samples that the ties admit.
  expect(Math.min(counts.proved, counts.violated)).toBeGreaterThan(effort(24) / 4);
  expect(counts.admitted).toBeGreaterThan(100 * effort(24));
}, 600_000);

function limited(milliseconds: number) {
  const end = performance.now() + milliseconds;
  return { deadline: { expired: () => performance.now() >= end, interrupted: () => false } };
}
