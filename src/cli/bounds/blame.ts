// Which node makes an output unbounded where every node has a rule: the first whose values may be infinite in the box.
import { rows } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Runtime } from '../../program/session.js';
import { provablyFinite } from '../../verify/finite-values.js';
import type { Boxes } from '../../verify/ibp.js';

/** In words; by interval bounds, which are the widest that any method starts from. */
export async function blame(model: TypedModel, boxes: Boxes, row: number, runtime: Runtime): Promise<string> {
  const box = { lower: rows(boxes.lower, row, row + 1), upper: rows(boxes.upper, row, row + 1) };
  const finite = await provablyFinite(model, box, runtime);
  const needed = leadingTo(model);
  const first = model.graph.nodes.find(({ outputs }) =>
    outputs.some((name) => needed.has(name) && !model.folded.has(name) && !finite.has(name)),
  );
  if (first === undefined) return 'the bounds of the output itself overflow';
  return `node "${first.name}" (${first.type}): its values may be infinite or NaN, or its bounds overflow`;
}

/** Names of all values that the first output depends on, and its own. */
function leadingTo({ graph, output }: TypedModel): ReadonlySet<string> {
  const needed = new Set([output.name]);
  for (const { inputs, outputs } of graph.nodes.toReversed())
    if (outputs.some((name) => needed.has(name))) for (const name of inputs) needed.add(name);
  return needed;
}
