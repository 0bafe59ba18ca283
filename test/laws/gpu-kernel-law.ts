// One random node on gpu.js and on ONNX Runtime.
import { discoverTypes } from '../../src/backends/discover-types.js';
import { type GpuMode, openEngine } from '../../src/backends/gpu/engine.js';
import { kernels } from '../../src/backends/gpu/kernels/index.js';
import { lowerToKernels, type Watching } from '../../src/backends/gpu/lower.js';
import type { Plan } from '../../src/backends/gpu/plan.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { UserError } from '../../src/base/user-error.js';
import type { Model } from '../../src/graph/graph.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { encodeModel } from '../../src/program/emit.js';
import type { Runtime } from '../../src/program/session.js';
import { numbersOf } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { modelOf, nodeOf } from '../helpers/models.js';
import { type Fixture, fixtures, squareMatmul } from './ops/fixtures.js';

export const kernelFixtures: readonly (readonly [string, Fixture])[] = [
  ...Object.entries(fixtures).filter(([name]) => name in kernels),
  ['MatMul of x and x', squareMatmul],
];

export type Drawn = { readonly seed: number; readonly opset: number; readonly watching: Watching };

export type Compared = {
  /** Greatest difference over magnitude. */
  readonly apart: number;
  readonly allowed: number;
  /** Rows that are flagged, and rows of which ONNX Runtime's result is not finite; no rows where the run is not watched. */
  readonly flagged: readonly number[];
  readonly nonFinite: readonly number[];
};

const rowCount = 5;

/** undefined where the backend refuses the node. */
export async function compareNode(
  fixture: Fixture,
  { seed, opset, watching }: Drawn,
  mode: GpuMode,
  runtime: Runtime,
): Promise<Compared | undefined> {
  const draw = new Draw(seed);
  const recipe = fixture.draw(draw, 'normal', opset);
  const nodes = [...(recipe.before ?? []), recipe.node];
  const written = modelOf(['batch', ...recipe.shape], nodes, recipe.constants, opset);
  const file = await withFloats(written, runtime);
  const model = await discoverTypes(file, 'one-node.onnx', runtime);
  const plan = planOf(model, watching);
  if (plan === undefined) return undefined;
  const executable = await openExecutable(model, encodeModel(file), runtime);
  const x = draw.boxes(rowCount, recipe.shape, 'normal').lower;
  const expected = numbersOf(await executable.run(x));
  const engine = await openEngine(plan, mode);
  const { output, nonFinite } = await engine.run(x.data, rowCount);
  await engine.close();
  if (output.length !== expected.length) throw new Error(`${output.length} results, not ${expected.length}`);
  const apart = Array.from(output, (value, at) => distance(value, expected[at] ?? 0));
  return {
    apart: Math.max(0, ...apart),
    allowed: (recipe.terms + 8) * 8 * 2 ** -23,
    flagged: nonFinite === undefined ? [] : rowsWhere((row) => nonFinite[row] !== 0),
    nonFinite: nonFinite === undefined ? [] : rowsWhere((row) => !allFinite(expected, row)),
  };
}

const rowsWhere = (test: (row: number) => boolean): number[] =>
  Array.from({ length: rowCount }, (_, row) => row).filter(test);

function allFinite(values: Float32Array | Float64Array, row: number): boolean {
  const size = values.length / rowCount;
  return values.subarray(row * size, (row + 1) * size).every(Number.isFinite);
}

/** The model, its result cast to float32 where it is something else. */
async function withFloats(file: Model, runtime: Runtime): Promise<Model> {
  const { output } = await discoverTypes(file, 'one-node.onnx', runtime);
  if (output.dtype === 'float32') return file;
  const cast = nodeOf(['Cast', ['y'], 'z', { to: 1 }], file.graph.nodes.length);
  const outputs = [{ name: 'z', dtype: undefined, shape: undefined }];
  return { ...file, graph: { ...file.graph, outputs, nodes: [...file.graph.nodes, cast] } };
}

function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const apart = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  return Number.isNaN(apart) ? Infinity : apart;
}

function planOf(model: TypedModel, watching: Watching): Plan | undefined {
  try {
    return lowerToKernels(model, 'one-node.onnx', watching);
  } catch (error) {
    if (error instanceof UserError && error.code === 'UNSUPPORTED_MODEL') return undefined;
    throw error;
  }
}
