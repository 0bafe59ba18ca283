import { UserError } from '../../../base/user-error.js';
import { objectives } from '../../../fuzz/objectives/index.js';
import type { Dataset } from '../../../policy/dataset.js';
import { boxesAround, hullOf } from '../../../policy/input-set.js';
import { judgeRobustness } from '../../../policy/judge.js';
import type { RobustnessProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boundMargins } from '../../../verify/ibp.js';
import { boxOf, rivals } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, fitRows, requireClasses } from '../fit.js';
import { withinWords } from '../instances.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { SubjectMaker } from '../subject.js';
import { predicted } from './predicted.js';

/** f(x')_c > f(x')_j for all x' within linfEpsilon of a row of class c, and all j != c. */
export const robustness: SubjectMaker<RobustnessProperty> = async (
  property,
  { policy, resources, runtime },
) => {
  const model = await resources.model(property.model);
  requireClasses(model, property);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, model);
  const targets =
    property.class === 'label'
      ? labelsOf(rows, model, property, selected.file)
      : await predicted(rows, model);
  const set = boxesAround(rows, selected.firstRow, property.linfEpsilon, policy.inputs);
  const disjuncts = (instance: number) =>
    rivals(boxOf(set, instance), targets[instance] ?? 0, classCount(model));
  return {
    property,
    models: [model],
    claim: `the ${property.class === 'label' ? 'labelled class' : 'class predicted at the row'} wins ${withinWords(property.linfEpsilon)}`,
    set,
    linfEpsilon: property.linfEpsilon,
    targets,
    hasTarget: true,
    encode: objectives.robustness(model.typed, await provablyFinite(model.typed, hullOf(set), runtime)),
    prove: (boxes, classes, arithmetic) => boundMargins(model.typed, boxes, classes, arithmetic, runtime),
    tighten: (instances, deadline) =>
      crownMargins(
        model.typed,
        set,
        targets,
        instances,
        { arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline },
        runtime,
      ),
    decides: () => ({ model: model.typed, disjuncts, run: (input) => runOne(model, input) }),
    claims: [{ model, disjuncts }],
    hasMargin: true,
    replay: async (input, instance) => judgeRobustness(await runOne(model, input), targets[instance] ?? 0),
    strange: (input) => strangeValues([model], runtime, input),
  };
};

function labelsOf(
  { labels, name }: Dataset,
  model: OpenModel,
  property: RobustnessProperty,
  file: string,
): Int32Array {
  if (labels === undefined) {
    throw new UserError('INVALID_POLICY', {
      where: `${placeOf(property.at)}: property "${property.name}"`,
      problem: `"class: label" needs labels, but data "${name}" has none`,
      hint: 'name them in "data: labels", or write "class: predicted"',
    });
  }
  const row = labels.findIndex((label) => label < 0 || label >= classCount(model));
  if (row < 0) return labels;
  throw new UserError('INVALID_DATA', {
    where: `${file}: row ${row}`,
    problem: `label ${labels[row]}, but model "${model.name}" has classes 0 to ${classCount(model) - 1}`,
    hint: 'labels are class numbers, counted from 0',
  });
}
