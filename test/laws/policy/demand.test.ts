// What is demanded of scores: by its definition, by the judge of witnesses, by the compiled objective, by bounds and by what is forbidden,
// on scores with ties, infinities and NaN. All say the same.
import { describe, expect, test } from 'vitest';
import { float32, int64 } from '../../../src/base/tensor.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import type { Demand } from '../../../src/policy/demand.js';
import { fromDifferences, pairsOf } from '../../../src/policy/demand.js';
import { judgeRobustness } from '../../../src/policy/judge.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { forbidden, marginOf } from '../../../src/verify/demanded.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

/** The definition, as docs/policy.md has it. */
function holdsOf(demand: Demand, scores: readonly number[], own: number): boolean {
  if (scores.some(Number.isNaN)) return false;
  const at = (index: number) => scores[index] ?? Number.NaN;
  const indices = [...scores.keys()];
  if (demand.kind === 'wins')
    return indices.filter((j) => j !== own && at(j) >= at(own)).length < demand.rank;
  return demand.targets.every((t) => t === own || indices.some((j) => j !== t && at(j) > at(t)));
}

const rowsPerCase = 50;
const special = [0, -0, 1, 1, 1 + 2 ** -23, 2, 3.4e38, Infinity, -Infinity, Number.NaN].map(Math.fround);

function drawn(draw: Draw, classes: number): number[] {
  const isPlain = draw.flag();
  return Array.from({ length: classes }, () =>
    isPlain ? draw.int(0, 4) : draw.flag() ? draw.pick(special) : Math.fround(draw.number('normal')),
  );
}

const demandOf = (draw: Draw, classes: number): Demand =>
  draw.flag()
    ? { kind: 'wins', rank: draw.int(1, classes - 1) }
    : { kind: 'loses', targets: [...new Set(draw.ints(draw.int(1, 3), 0, classes - 1))] };

type Case = {
  readonly demand: Demand;
  readonly classes: number;
  readonly rows: number[][];
  readonly owns: number[];
};

function caseOf(draw: Draw): Case {
  const classes = draw.int(2, 7);
  const demand = demandOf(draw, classes);
  const rows = Array.from({ length: rowsPerCase }, () => drawn(draw, classes));
  return { demand, classes, rows, owns: rows.map(() => draw.int(0, classes - 1)) };
}

async function compiled({ demand, classes, rows, owns }: Case): Promise<boolean[]> {
  const { model } = await opened(modelOf(['batch', classes], [['Identity', ['x'], 'y']]));
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', classes]);
  const { violated } = objectives.robustness(model, new Set(), demand)(
    p,
    x,
    p.input('own', 'int64', ['batch']),
  );
  const session = await compile(p, { violated }, inline);
  const results = await session.run({ x: float32(rows.flat(), [rows.length, classes]), own: int64(owns) });
  return Array.from(results.violated?.data ?? [], Boolean);
}

/** Whether some disjunct's rows are all satisfied. */
const isForbidden = ({ demand, classes }: Case, scores: readonly number[], own: number): boolean =>
  (forbidden(demand, { lower: new Float64Array(1), upper: new Float64Array(1) }, classes, own) ?? []).some(
    ({ constraints }) =>
      constraints.every(({ outputs: { indices, coefficients }, bound, strict }) => {
        const sum = Array.from(indices, (at, k) => (coefficients[k] ?? 0) * (scores[at] ?? 0)).reduce(
          (a, b) => a + b,
        );
        return strict ? sum < bound : sum <= bound;
      }),
  );

describe('of any scores', () => {
  test('the definition, the judge, the objective and what is forbidden agree', async () => {
    const draw = new Draw(7);
    for (let run = 0; run < effort(8); run++) {
      const one = caseOf(draw);
      const violated = await compiled(one);
      one.rows.forEach((scores, row) => {
        const own = one.owns[row] ?? 0;
        const holds = holdsOf(one.demand, scores, own);
        expect(judgeRobustness(scores, own, one.demand).violated).toBe(!holds);
        expect(violated[row]).toBe(!holds);
        if (scores.every(Number.isFinite)) expect(isForbidden(one, scores, own)).toBe(!holds);
      });
    }
  });

  test('bounds of differences never promise more than the scores give', () => {
    const draw = new Draw(8);
    for (let run = 0; run < effort(200); run++) {
      const { demand, classes, rows, owns } = caseOf(draw);
      const [scores = [], own = 0] = [rows[0]?.map((score) => (Number.isFinite(score) ? score : 0)), owns[0]];
      const pairs = pairsOf(demand, classes, own);
      const truth = (high: number, low: number) => (scores[high] ?? 0) - (scores[low] ?? 0);
      const bounds = pairs.map(([high, low]) => truth(high, low) - draw.pick([0, 0.5, Infinity]));
      const margin = marginOf(demand, pairs, bounds, classes, own);
      expect(margin).toBeLessThanOrEqual(fromDifferences(demand, truth, classes, own));
      if (margin > 0) expect(holdsOf(demand, scores, own)).toBe(true);
    }
  });
});
