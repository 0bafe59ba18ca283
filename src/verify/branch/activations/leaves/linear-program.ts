// Linear programs by HiGHS (Huangfu and Hall 2018, doi 10.1007/s12532-017-0130-5), compiled to WebAssembly. It is loaded when the
// first one is asked for: few searches have any.
import { createRequire } from 'node:module';
import type { Highs } from 'highs';

/** Constraints middles + slopes . t <= 0 for t in [-1, 1]. */
export type Constraints = {
  readonly count: number;
  /** [count, variables] */
  readonly slopes: Float64Array<ArrayBuffer>;
  /** [count] */
  readonly middles: Float64Array<ArrayBuffer>;
  /** [count]: by how much each may be violated where the violation is 1. */
  readonly rooms: Float64Array<ArrayBuffer>;
};

export type Optimum = {
  /** The least v such that some t has every middles + slopes . t <= rooms v: positive where no t satisfies all. */
  readonly violation: number;
  /** [variables]: that t, which has most room where it satisfies all. */
  readonly t: Float64Array;
  /** [count], not negative, of sum 1 over rooms: the constraints' sum with these weights is at least `violation` everywhere. */
  readonly weights: Float64Array;
};

/** A simplex of so many steps is not worth the wait: hundreds of constraints of hundreds of variables take about 2,000. */
const greatestIterations = 20_000;
/** Coefficients take 12 bytes here and as many again in the solver, which has 4 GB. */
const greatestCells = 2 ** 24;
/** HiGHS has its least here. */
const tolerance = 1e-10;

export type LinearPrograms = {
  /** Blocks this thread; undefined where it was stopped or failed. */
  leastViolation(constraints: Constraints, isStopped: () => boolean): Optimum | undefined;
};

export async function openLinearPrograms(): Promise<LinearPrograms> {
  // Its type declarations are those of the CommonJS file.
  const module: typeof import('highs') = createRequire(import.meta.url)('highs');
  const highs = await module.default();
  return { leastViolation: (constraints, isStopped) => leastViolation(highs, constraints, isStopped) };
}

function leastViolation(
  highs: Highs,
  constraints: Constraints,
  isStopped: () => boolean,
): Optimum | undefined {
  const { slopes, middles } = constraints;
  if (slopes.length > greatestCells || ![slopes, middles].every((values) => values.every(Number.isFinite)))
    return undefined;
  const { modelStatus, callbackType } = highs.constants;
  return highs.withModel(dataOf(highs, constraints), (model): Optimum | undefined => {
    model.options.set({
      output_flag: false,
      presolve: 'off',
      solver: 'simplex',
      simplex_iteration_limit: greatestIterations,
      primal_feasibility_tolerance: tolerance,
      dual_feasibility_tolerance: tolerance,
    });
    const { modelStatus: status } = model.run({
      [callbackType.simplexInterrupt]: (event) => {
        if (isStopped()) event.interrupt();
      },
    });
    if (status !== modelStatus.optimal) return undefined;
    const { colValue, rowDual } = model.getSolution();
    return {
      violation: model.getObjectiveValue(),
      t: colValue.subarray(0, -1),
      weights: Float64Array.from(rowDual, (dual) => Math.max(0, -dual)),
    };
  });
}

/** Variables t and, last, the violation v, which is minimised: slopes . t - rooms v <= -middles. */
function dataOf({ infinity }: Highs, { count, slopes, middles, rooms }: Constraints) {
  const variables = slopes.length / count;
  const width = variables + 1;
  const values = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    values.set(slopes.subarray(row * variables, (row + 1) * variables), row * width);
    values[row * width + variables] = -(rooms[row] ?? 1);
  }
  const last = (others: number, own: number) =>
    Float64Array.from({ length: width }, (_, at) => (at === variables ? own : others));
  return {
    numCols: width,
    numRows: count,
    colCost: last(0, 1),
    colLower: last(-1, -infinity),
    colUpper: last(1, infinity),
    rowLower: new Float64Array(count).fill(-infinity),
    rowUpper: middles.map((middle) => -middle),
    matrix: {
      format: 'csr' as const,
      numRows: count,
      numCols: width,
      starts: Int32Array.from({ length: count + 1 }, (_, row) => row * width),
      indices: Int32Array.from(values, (_, at) => at % width),
      values,
    },
  };
}
