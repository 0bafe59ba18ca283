// Passes over a typed model. They say in one node what an exporter said in many, where the one node is bounded more tightly, and
// take nothing away, so that every value of the file still has its name, its bounds and its watchers.
//
// There is no pass for what the rules do as well: Dropout and Identity are lowered to their input, what depends on no data is
// folded by running it (backends/fold-values.ts), and BatchNormalization is merged into the affine layer before it by the bounds
// themselves (ops/affine.ts, scaleShift), with the rounding of the merged and of the separate computation, either of which
// ONNX Runtime may deploy. Weights that were folded here would lose that account.
//
// Nor is there one that opens a batch axis where the file states 1: programs of one row are mapped over rows (ops/lower-model.ts),
// which also serves files that have no such axis.
import type { TypedModel } from '../typed-model.js';
import { gelu } from './gelu.js';
import { layerNormalization } from './layer-normalization.js';

/** In order. */
const passes: readonly ((model: TypedModel) => TypedModel)[] = [layerNormalization, gelu];

/** The model for lowering and bounding. New nodes tell their operator set; the file's own graph is kept as `written`. */
export function normalise(model: TypedModel): TypedModel {
  const normal = passes.reduce((before, pass) => pass(before), model);
  return { ...normal, written: model.written ?? model.graph };
}
