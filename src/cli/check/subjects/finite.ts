import { objectives } from '../../../fuzz/objectives/index.js';
import { boxesAround, hullOf, type InputSet, wholeRange } from '../../../policy/input-set.js';
import type { FiniteProperty } from '../../../policy/policy.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boundFiniteness } from '../../../verify/ibp.js';
import { boxOf } from '../../../verify/unsafe.js';
import { fitRows, inputShape, requireRanges } from '../fit.js';
import { wholeRangeName, withinWords } from '../instances.js';
import type { OpenModel } from '../models.js';
import { strangeValues } from '../strange.js';
import type { SubjectContext, SubjectMaker } from '../subject.js';

/** Every value that the graph computes is finite, for all x in the set. */
export const finite: SubjectMaker<FiniteProperty> = async (property, context) => {
  const { runtime, resources } = context;
  const model = await resources.model(property.model);
  requireRanges(context.policy.inputs, model, property);
  const set = await inputSet(property, model, context);
  return {
    property,
    models: [model],
    claim: `every value that the network computes is finite ${where(property)}`,
    set,
    ...(property.linfEpsilon === undefined && { names: [wholeRangeName] }),
    linfEpsilon: property.linfEpsilon ?? null,
    targets: new Int32Array(set.lower.shape[0] ?? 0),
    hasTarget: false,
    encode: objectives.finite(model.typed, await provablyFinite(model.typed, hullOf(set), runtime)),
    prove: (boxes, _targets, arithmetic) => boundFiniteness(model.typed, boxes, arithmetic, runtime),
    claims: [{ model, disjuncts: () => [], finiteIn: (instance) => boxOf(set, instance) }],
    hasMargin: false,
    replay: (input) => strangeValues([model], runtime, input),
    strange: (input) => strangeValues([model], runtime, input),
  };
};

const where = ({ linfEpsilon }: FiniteProperty): string =>
  linfEpsilon === undefined ? 'for every input in the range' : withinWords(linfEpsilon);

async function inputSet(
  property: FiniteProperty,
  model: OpenModel,
  { policy, resources }: SubjectContext,
): Promise<InputSet> {
  const selected = property.around && (await resources.rows(property.around, property.at));
  const rows = selected && fitRows(selected, model);
  if (rows !== undefined && property.linfEpsilon !== undefined) {
    return boxesAround(rows, selected?.firstRow ?? 0, property.linfEpsilon, policy.inputs);
  }
  return wholeRange(inputShape(model), policy.inputs, rows, selected?.firstRow ?? 0);
}
