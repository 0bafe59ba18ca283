// Proofs by interval bound propagation: one compiled program per model and property kind, batched over instances.
import type { Tensor } from '../base/tensor.js';
import { hasDType, rows, tensor, toNumbers } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import { boundModel } from '../ops/bound-model.js';
import { finite, type Interval } from '../ops/interval.js';
import { perRow } from '../ops/per-row.js';
import { createRounding, type Deployment, type Rounding } from '../ops/rounding.js';
import { runsBatched } from '../ops/runs-batched.js';
import { compile } from '../program/compile.js';
import type { Dims } from '../program/dims.js';
import { Program } from '../program/program.js';
import type { Runtime } from '../program/session.js';
import type { Value } from '../program/value.js';
import { marginBound } from './margin.js';

/** Boxes [instances, ...input]. */
export type Boxes = { readonly lower: Tensor<'float32'>; readonly upper: Tensor<'float32'> };

/** Boxes per call: small enough for the bounds of a layer to stay in the cache. */
const boxesPerBatch = 128;

type Frame = {
  readonly p: Program;
  readonly input: Interval;
  readonly label: Value;
  readonly rounding: Rounding;
};

/**
 * Lower bound, per box, on y_c minus the greatest other output of the deployed network; positive proves robustness.
 * -Infinity where nothing is known, and for boxes that are empty: all holds there, and nobody wants to hear it.
 * @param classes c of each box
 * @throws Unbounded where the model has an operator without bound rule
 */
export function boundMargins(
  model: TypedModel,
  boxes: Boxes,
  classes: Int32Array,
  arithmetic: Deployment,
  runtime: Runtime,
) {
  return overBoxes(model, boxes, classes, arithmetic, runtime, ({ p, input, label, rounding }) =>
    marginBound(p, rounding, flat(p, boundModel(p, model, input, rounding).bounds(model.output.name)), label),
  );
}

/** 1 per box where every value of the deployed graph is proved finite, else 0 or less. */
export function boundFiniteness(model: TypedModel, boxes: Boxes, arithmetic: Deployment, runtime: Runtime) {
  const labels = new Int32Array(boxes.lower.shape[0] ?? 0);
  return overBoxes(model, boxes, labels, arithmetic, runtime, ({ p, input, label, rounding }) => {
    const bounded = boundModel(p, model, input, rounding);
    const names = model.graph.nodes
      .flatMap(({ outputs }) => outputs)
      .filter((name) => name !== '' && !model.folded.has(name));
    const constant = p.fillLike(p.cast(label, 'float32'), finiteConstants(model) ? 1 : 0);
    return names.reduce(
      (all, name) => p.mul(all, allOf(p, finite(p, bounded.bounds(name)), label)),
      constant,
    );
  });
}

/** Whether the values of nodes that no data reaches are finite: they are values of the graph like any other. */
const finiteConstants = ({ folded }: TypedModel): boolean =>
  [...folded.values()].every(
    (value) =>
      !(hasDType(value, 'float32') || hasDType(value, 'float64')) || toNumbers(value).every(Number.isFinite),
  );

/** bool value of any shape -> 1 or 0 per row. */
const allOf = (p: Program, test: Value, label: Value): Value =>
  perRow(p, p.cast(test, 'float32'), label, p.reduceMin);

const flat = (p: Program, { lower, upper, affine }: Interval): Interval => ({
  lower: p.mergeInto(lower, 1),
  upper: p.mergeInto(upper, 1),
  ...(affine && lower.shape.length === 2 && { affine }),
});

async function overBoxes(
  model: TypedModel,
  { lower, upper }: Boxes,
  classes: Int32Array,
  arithmetic: Deployment,
  runtime: Runtime,
  build: (frame: Frame) => Value,
): Promise<Float32Array> {
  const p = new Program();
  const size = runsBatched(model) ? boxesPerBatch : 1;
  const batch = size === 1 ? 1 : 'batch';
  const shape: Dims = [batch, ...model.input.shape.slice(1)];
  const rounding = createRounding('float32', arithmetic);
  const input = { lower: p.input('lower', 'float32', shape), upper: p.input('upper', 'float32', shape) };
  const target = p.input('label', 'int32', [batch]);
  const bound = build({ p, input, label: p.cast(target, 'int64'), rounding });
  // Label and box take part whether or not the bound reads them, so that every program has the same inputs.
  const met = p.greater(allOf(p, p.lessOrEqual(input.lower, input.upper), target), 0.5);
  const result = p.where(met, p.add(bound, p.mul(p.cast(target, 'float32'), 0)), -Infinity);
  const session = await compile(p, { result }, runtime);
  const count = lower.shape[0] ?? 0;
  const results = new Float32Array(count);
  const bounded = async (from: number) => {
    const to = Math.min(from + size, count);
    const label = tensor('int32', [to - from], classes.subarray(from, to));
    const feeds = { lower: rows(lower, from, to), upper: rows(upper, from, to), label };
    results.set((await session.run(feeds)).result?.data as Float32Array, from);
  };
  await Promise.all(Array.from({ length: Math.ceil(count / size) }, (_, at) => bounded(at * size)));
  return results;
}
