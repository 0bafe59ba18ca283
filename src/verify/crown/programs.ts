// The programs of backward bounds: per value one for its interval and one for backward bounds, compiled on first use.
import { float32, type Tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { boundModel } from '../../ops/bound-model.js';
import { createRounding, type Deployment } from '../../ops/rounding.js';
import { compile } from '../../program/compile.js';
import { staticSize } from '../../program/dims.js';
import type { Outputs } from '../../program/emit.js';
import { Program } from '../../program/program.js';
import type { Feeds, Results, Runtime, Session, Shared } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import type { Frame } from './backward.js';
import type { Bounds } from './bounds.js';
import type { Plan, Target } from './plan.js';
import { boundCombinations, boundElements } from './rows.js';

export type Programs = {
  readonly targets: readonly Target[];
  /** Bounds that have been found, under the names by which later programs read them. */
  feedsOf(target: Target, bounds: Bounds): Feeds;
  /** @param plain without what was found before: of the box alone */
  intervals(target: Target, feeds: Feeds, plain?: 'plain'): Promise<Bounds>;
  /** Lower bounds [2 n] of the elements at `indices` [n] and of their negatives. */
  elements(target: Target, shared: Shared, indices: Tensor<'int64'>): Promise<Float32Array>;
  /** Lower bounds [n] of combinations of outputs, `coefficients` [n, outputs]. */
  combinations(shared: Shared, coefficients: Tensor<'float32'>): Promise<Float32Array>;
};

/** @param model one instance */
export function createPrograms(
  model: TypedModel,
  { targets }: Plan,
  arithmetic: Deployment,
  runtime: Runtime,
): Programs {
  const names = new Map(targets.map(({ name }, at) => [name, `${at}`]));
  const sessions = new Map<string, Promise<Session>>();
  const session = (
    key: string,
    given: ReadonlyMap<string, string>,
    target: string,
    build: (frame: Frame) => Outputs,
  ): Promise<Session> => {
    const made = sessions.get(key) ?? compiled(model, given, target, arithmetic, runtime, build);
    sessions.set(key, made);
    return made;
  };
  return {
    targets,
    feedsOf: ({ name }, { lower, upper }) => {
      const shape = (model.types.get(name)?.shape ?? []).map(Number);
      const key = names.get(name) ?? '';
      return { [`lower${key}`]: float32(lower, shape), [`upper${key}`]: float32(upper, shape) };
    },
    intervals: async ({ name }, feeds, plain) => {
      const opened = await session(
        `interval ${name} ${plain}`,
        plain ? new Map() : names,
        name,
        ({ bounded, p }) => {
          const { lower, upper } = bounded.bounds(name);
          // A copy, where the value is an input of the program.
          return { least: p.mul(lower, 1), most: p.mul(upper, 1) };
        },
      );
      const results = await opened.run(feeds);
      return { lower: floats(results, 'least'), upper: floats(results, 'most') };
    },
    elements: async ({ name }, shared, indices) => {
      const opened = await session(`elements ${name}`, names, name, (frame) => ({
        least: boundElements(frame, name, frame.p.input('indices', 'int64', ['rows'])),
      }));
      return floats(await opened.run({ indices }, shared), 'least');
    },
    combinations: async (shared, coefficients) => {
      const { name } = model.output;
      const opened = await session('combinations', names, name, (frame) => ({
        least: boundCombinations(frame, name, combinationRows(frame, name)),
      }));
      return floats(await opened.run({ coefficients }, shared), 'least');
    },
  };
}

/** Coefficients as they are fed, [rows, outputs], in the shape of the output. */
function combinationRows({ p, bounded }: Frame, name: string): Value {
  const { shape } = bounded.bounds(name).lower;
  return p.reshape(p.input('coefficients', 'float32', ['rows', staticSize(shape)]), ['rows', ...shape]);
}

/** @param names of values whose bounds are inputs of the program; `target` itself is not one of them */
function compiled(
  model: TypedModel,
  names: ReadonlyMap<string, string>,
  target: string,
  arithmetic: Deployment,
  runtime: Runtime,
  build: (frame: Frame) => Outputs,
): Promise<Session> {
  const p = new Program();
  const rounding = createRounding('float32', arithmetic);
  const input = (name: string, shape = model.input.shape) => p.input(name, 'float32', shape);
  const box = { lower: input('lower'), upper: input('upper') };
  const given = [...names].flatMap(([name, key]) => {
    const shape = model.types.get(name)?.shape ?? [];
    return name === target
      ? []
      : [[name, { lower: input(`lower${key}`, shape), upper: input(`upper${key}`, shape) }] as const];
  });
  const bounded = boundModel(p, model, box, rounding, new Map(given));
  const order = model.graph.nodes.flatMap(({ outputs }) => outputs);
  return compile(p, build({ p, rounding, bounded, order }), runtime);
}

function floats(results: Results, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`result "${name}" is not float32`);
  return data;
}
