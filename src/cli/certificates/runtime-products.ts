// The checker's matrix products in float64 on ONNX Runtime: any order of summation, which its error terms allow.
import { float64 } from '../../base/tensor.js';
import { type Products, plainProducts } from '../../certify/backward.js';
import type { Matrix } from '../../certify/matrix.js';
import { compile } from '../../program/compile.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session } from '../../program/session.js';

/** Matrices that are larger as dense ones, such as those of convolutions, go through plain loops. */
const greatestElements = 2 ** 23;

export function createRuntimeProducts(runtime: Runtime): Products {
  const sessions = new Map<Matrix, Promise<Session>>();
  return async (step, part, matrix, rows) => {
    if (matrix.rows * matrix.columns > greatestElements || rows.length === 0)
      return plainProducts(step, part, matrix, rows);
    const session = sessions.get(matrix) ?? openProduct(matrix, runtime);
    sessions.set(matrix, session);
    const all = new Float64Array(rows.length * matrix.rows);
    rows.forEach((row, at) => {
      all.set(row, at * matrix.rows);
    });
    const { product } = await (await session).run({ a: float64(all, [rows.length, matrix.rows]) });
    const data = product?.data;
    if (!(data instanceof Float64Array)) throw new TypeError('a product that is not float64');
    return rows.map((_, at) => data.slice(at * matrix.columns, (at + 1) * matrix.columns));
  };
}

async function openProduct(matrix: Matrix, runtime: Runtime): Promise<Session> {
  const p = new Program();
  const a = p.input('a', 'float64', ['batch', matrix.rows]);
  const weights = p.constant(float64(denseOf(matrix), [matrix.rows, matrix.columns]));
  return compile(p, { product: p.matmul(a, weights) }, runtime);
}

function denseOf({ rows, columns, starts, indices, weights }: Matrix): Float64Array {
  const dense = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++)
      dense[row * columns + (indices[at] ?? 0)] = weights[at] ?? 0;
  return dense;
}
