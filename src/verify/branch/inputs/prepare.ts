// What input splitting needs before its first round: the bounding program, interval bounds of hidden values, the network itself.
import type { FloatDType } from '../../../base/dtype.js';
import { float32 } from '../../../base/tensor.js';
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { boundModel } from '../../../ops/bound-model.js';
import { createRounding, type Deployment } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import { staticSize } from '../../../program/dims.js';
import { Program } from '../../../program/program.js';
import type { Runtime } from '../../../program/session.js';
import { mapper } from '../../../program/vmap.js';
import { type Network, openNetwork } from '../../network.js';
import type { Bounder } from './bounder.js';
import { type BoundingFile, openBounder, sizesOf, writeBounding } from './bounding-file.js';
import {
  affordable,
  greatestForms,
  hiddenTargets,
  hiddenValues,
  isFew,
  rowsOf,
  type Subject,
} from './hidden.js';
import type { Space } from './space.js';
import { createPacking } from './subproblem.js';

/** Boxes [n, inputs] -> interval bounds [n, size] of each hidden value. */
export type Intervals = (
  lower: Float32Array,
  upper: Float32Array,
) => Promise<readonly { readonly lower: Float32Array; readonly upper: Float32Array }[]>;

export type Prepared = {
  readonly space: Space;
  readonly bounder: Bounder;
  /** undefined where rows for all hidden elements take less than to open a program for intervals. */
  readonly intervals: Intervals | undefined;
  readonly evaluate: Network;
};

/** Where programs run: that which bounds, and the others, which are small beside it. */
export type Places = { readonly bounding: Runtime; readonly others: Runtime };

/**
 * The bounding program for a request.
 * @param dtype float64 rounds next to nothing, and takes more than twice the time
 * @param runtime computes constants
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function boundingFileOf(
  subject: Subject,
  runtime: Runtime,
  dtype: FloatDType,
): Promise<BoundingFile> {
  const { model, disjuncts, arithmetic } = subject;
  const hidden = hiddenTargets(subject).map(({ name }) => name);
  const rows = rowsOf(subject);
  const mixed = disjuncts.some((disjunct) => disjunct.rows.inputs.some((coefficient) => coefficient !== 0));
  return writeBounding(model, { hidden, rows, mixed }, createRounding(dtype, arithmetic), runtime);
}

/**
 * @param file the bounding program for the request
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function prepare(
  subject: Subject,
  file: Promise<BoundingFile>,
  places: Places,
): Promise<Prepared> {
  const { model: batched, disjuncts, arithmetic } = subject;
  const model = instanceOf(batched);
  const bounding = await file;
  const { rows } = bounding.layout;
  const sizes = sizesOf(bounding);
  const { boxesPerCall, elements, elementsPerCall, bytesPerRow } = affordable(subject, sizes);
  const needsIntervals = !isFew(subject, sizes) || bounding.joined.length < sizes.length;
  // All at once: while a thread opens that one, this one writes the others.
  const [bounder, intervals, evaluate] = await Promise.all([
    openBounder(bounding, places.bounding),
    needsIntervals ? openIntervals(model, bounding.layout.hidden, arithmetic, places.others) : undefined,
    openNetwork(batched, 'batch', places.others),
  ]);
  const offset = sizes.reduce((sum, size) => sum + size, 0);
  const hasForms = offset * bounder.inputs <= greatestForms;
  return {
    space: {
      packing: createPacking(bounder.inputs, offset, rows, hasForms),
      hidden: hiddenValues(hiddenTargets(subject), sizes, elements, !needsIntervals && hasForms),
      disjuncts,
      boxesPerCall,
      elementsPerCall,
      bytesPerRow,
    },
    bounder,
    intervals,
    evaluate,
  };
}

async function openIntervals(
  model: TypedModel,
  names: readonly string[],
  arithmetic: Deployment,
  runtime: Runtime,
): Promise<Intervals> {
  if (names.length === 0) return async () => [];
  const p = new Program();
  const { shape } = model.input;
  const open = (name: string) => {
    const placeholder = p.input(`one/${name}`, 'float32', shape);
    return [placeholder, p.input(name, 'float32', ['batch', ...shape])] as const;
  };
  const [lower, upper] = [open('lower'), open('upper')];
  const box = { lower: lower[0], upper: upper[0] };
  const bounded = boundModel(p, model, box, createRounding('float32', arithmetic));
  const mapped = mapper(p, new Map([lower, upper]));
  const outputs = names.flatMap((name, k) => {
    const bounds = bounded.bounds(name);
    return [
      [`least${k}`, mapped(bounds.lower).value],
      [`most${k}`, mapped(bounds.upper).value],
    ] as const;
  });
  const session = await compile(p, Object.fromEntries(outputs), runtime);
  const size = staticSize(shape);
  return async (least, most) => {
    const full = [least.length / size, ...shape.map(Number)];
    const found = await session.run({ lower: float32(least, full), upper: float32(most, full) });
    const floats = (name: string) => found[name]?.data as Float32Array;
    return names.map((_, k) => ({ lower: floats(`least${k}`), upper: floats(`most${k}`) }));
  };
}
