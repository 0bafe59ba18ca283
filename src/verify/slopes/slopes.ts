// Bounds of the slopes of outputs over a box, by the tightest bounds of hidden values that are asked for.
import { float32, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { boundModel } from '../../ops/bound-model.js';
import { Unbounded } from '../../ops/operator.js';
import { createRounding } from '../../ops/rounding.js';
import { compile } from '../../program/compile.js';
import { type Dims, staticSize } from '../../program/dims.js';
import { Program } from '../../program/program.js';
import type { Runtime, Session } from '../../program/session.js';
import type { Frame } from '../crown/backward.js';
import type { Box } from '../crown/box.js';
import { openCrown } from '../crown/crown.js';
import { planOf, type Target } from '../crown/plan.js';
import { slopesOf } from './backward.js';

export type Slopes = {
  /** [rows, inputs]: combination . (f(b) - f(a)) = slopes . (b - a) in exact arithmetic, for all a and b in the box. */
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** [rows]: |deployed - exact| of the combination, anywhere in the box. */
  readonly error: Float64Array;
};

/** `ibp`: hidden values by intervals, for a first look; `crown`: by backward bounds. */
export type SlopeMethod = 'ibp' | 'crown';

export type SlopeBounds = {
  /** @param rows combinations of outputs, [rows, outputs] */
  bound(box: Box, rows: Tensor<'float32'>): Promise<Slopes>;
};

export type SlopeOptions = { readonly method: SlopeMethod; readonly memoryBytes: number };

/** @throws Unbounded where some node on the way has no rule */
export function openSlopes(
  batched: TypedModel,
  { method, memoryBytes }: SlopeOptions,
  runtime: Runtime,
): SlopeBounds {
  const model = instanceOf(batched);
  const [only, ...others] = model.graph.inputs;
  if (only === undefined || others.length > 0)
    throw new Unbounded('a model of several inputs has no rule for differences');
  const targets = method === 'crown' ? planOf(model).targets : [];
  const crown =
    method === 'crown' ? openCrown(batched, runtime, { arithmetic: 'deployed', memoryBytes }) : undefined;
  const frame = exactFrame(model, targets);
  const { p } = frame;
  const { shape } = frame.bounded.bounds(model.output.name).lower;
  const given = p.input('coefficients', 'float32', ['rows', staticSize(shape)]);
  const start = p.reshape(p.cast(given, frame.rounding.dtype), ['rows', ...shape]);
  const { least, most, error } = slopesOf({ ...frame, input: only.name }, model.output.name, start);
  let session: Promise<Session> | undefined;
  const inputShape = model.input.shape.map(Number);
  return {
    bound: async (box, rows) => {
      session ??= compile(p, { least, most, error }, runtime);
      const feeds: Record<string, Tensor> = {
        lower: float32(box.lower.data, inputShape),
        upper: float32(box.upper.data, inputShape),
      };
      const hidden = (await crown?.hidden(box)) ?? [];
      targets.forEach(({ name }, at) => {
        const own = (model.types.get(name)?.shape ?? []).map(Number);
        feeds[`lower${at}`] = float32(hidden[at]?.lower ?? new Float32Array(), own);
        feeds[`upper${at}`] = float32(hidden[at]?.upper ?? new Float32Array(), own);
      });
      // Shared: a network without kinks does not read all of them.
      const shared = runtime.share(feeds);
      const results = await (await session).run({ coefficients: rows }, shared);
      shared.release();
      const floats = (name: string) => results[name]?.data as Float64Array;
      return { least: floats('least'), most: floats('most'), error: floats('error') };
    },
  };
}

/**
 * In float64: slopes that are 0 exactly stay so within what rounding of the deployed network leaves of a slack. Bounds of hidden values
 * are inputs of the program.
 */
function exactFrame(model: TypedModel, targets: readonly Target[]): Frame {
  const p = new Program();
  const rounding = createRounding('float64', 'deployed');
  const pairOf = (key: string, shape: Dims) => {
    const side = (name: string) => p.cast(p.input(`${name}${key}`, 'float32', shape), rounding.dtype);
    return { lower: side('lower'), upper: side('upper') };
  };
  const box = pairOf('', model.input.shape);
  const given = targets.map(
    ({ name }, at) => [name, pairOf(`${at}`, model.types.get(name)?.shape ?? [])] as const,
  );
  const bounded = boundModel(p, model, box, rounding, new Map(given));
  return { p, rounding, bounded, order: model.graph.nodes.flatMap(({ outputs }) => outputs) };
}
