// Bounding programs as files: whoever has written one opens it in whatever threads there are.
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import { written } from '../../../program/compile.js';
import { staticSize } from '../../../program/dims.js';
import { Program } from '../../../program/program.js';
import type { Runtime } from '../../../program/session.js';
import { type Bounder, bounderOver } from './bounder.js';
import { splitterOf } from './elsewhere.js';
import { buildBounding, type Layout } from './program.js';

/** A bounding program as a file that any runtime opens. */
export type BoundingFile = {
  readonly bytes: Uint8Array;
  /** One instance. */
  readonly model: TypedModel;
  readonly layout: Layout;
  readonly joined: readonly number[];
};

/** Elements of each hidden value. */
export const sizesOf = ({ layout, model }: Pick<BoundingFile, 'layout' | 'model'>): readonly number[] =>
  layout.hidden.map((name) => staticSize(model.types.get(name)?.shape ?? []));

/**
 * @param runtime computes constants
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function writeBounding(
  batched: TypedModel,
  layout: Layout,
  rounding: Rounding,
  runtime: Runtime,
): Promise<BoundingFile> {
  const model = instanceOf(batched);
  const p = new Program();
  const { joined, ...values } = buildBounding(p, model, layout, rounding);
  return { bytes: await written(p, values, runtime, { declared: 'types' }), model, layout, joined };
}

export async function openBounder(
  { bytes, model, layout, joined }: BoundingFile,
  runtime: Runtime,
): Promise<Bounder> {
  // As it stands: ONNX Runtime's optimiser takes as long again as opening, and makes no run faster.
  const session = await runtime.open(bytes, 'disabled');
  const [inputs, outputs] = [staticSize(model.input.shape), staticSize(model.output.shape)];
  const shape = { inputs, outputs, rows: layout.rows, joined };
  const split = splitterOf(session, shape);
  return { ...bounderOver((feeds) => session.run(feeds), shape), ...(split && { split }) };
}
