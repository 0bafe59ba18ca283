import { UserError } from '../../../base/user-error.js';
import { objectives } from '../../../fuzz/objectives/index.js';
import { productOf } from '../../../graph/product.js';
import { boxesAround, hullOf, type InputSet } from '../../../policy/input-set.js';
import { judgeAgreement } from '../../../policy/judge.js';
import type { AgreementProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boundMargins } from '../../../verify/ibp.js';
import { boxOf, disagreements } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, fitRows, inputShape, requireClasses } from '../fit.js';
import { withinWords } from '../instances.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Decides, SubjectMaker } from '../subject.js';
import { predicted } from './predicted.js';

/** Of so many there are 380 pairs of 38 constraints each. */
const mostClasses = 20;

/** argmax f(x') = argmax g(x') for all x' within linfEpsilon of a row. */
export const agreement: SubjectMaker<AgreementProperty> = async (
  property,
  { policy, resources, runtime },
) => {
  const [first, second] = [
    await resources.model(property.models[0]),
    await resources.model(property.models[1]),
  ];
  for (const model of [first, second]) requireClasses(model, property);
  requireAlike(first, second, property);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, first);
  const targets = await predicted(rows, first);
  const set = boxesAround(rows, selected.firstRow, property.linfEpsilon, policy.inputs);
  return {
    property,
    models: [first, second],
    claim: `both models give the same class ${withinWords(property.linfEpsilon)}`,
    set,
    linfEpsilon: property.linfEpsilon,
    targets,
    hasTarget: false,
    encode: objectives.agreement(first.typed, second.typed, [
      await provablyFinite(first.typed, hullOf(set), runtime),
      await provablyFinite(second.typed, hullOf(set), runtime),
    ]),
    // Proved where the first model's class at the row wins everywhere, in both models.
    prove: async (boxes, classes, arithmetic) => {
      const left = await boundMargins(first.typed, boxes, classes, arithmetic, runtime);
      const right = await boundMargins(second.typed, boxes, classes, arithmetic, runtime);
      return left.map((margin, at) => Math.min(margin, right[at] ?? -Infinity));
    },
    tighten: async (instances, deadline) => {
      const options = { arithmetic: 'deployed', memoryBytes: boundMemoryBytes, deadline } as const;
      const bounds = ({ typed }: OpenModel) => crownMargins(typed, set, targets, instances, options, runtime);
      const [left, right] = [await bounds(first), await bounds(second)];
      return left.map((margin, at) => Math.min(margin, right[at] ?? -Infinity));
    },
    decides: () => joined(property, first, second, set),
    hasMargin: true,
    replay: async (input) =>
      judgeAgreement(await runOne(first, input), await runOne(second, input), [first.name, second.name]),
    strange: (input) => strangeValues([first, second], runtime, input),
  };
};

/** Both as one network. @throws UserError where they cannot be one, or have too many pairs of classes */
function joined(property: AgreementProperty, first: OpenModel, second: OpenModel, set: InputSet): Decides {
  const classes = classCount(first);
  const where = placeOf(property.at);
  if (classes > mostClasses) {
    const problem = `${classes} classes have too many pairs`;
    throw new UserError('UNSUPPORTED_MODEL', { where, problem, hint: 'test it: write "expect: tested"' });
  }
  return {
    model: productOf([first.typed, second.typed], where),
    disjuncts: (instance) => disagreements(boxOf(set, instance), classes),
    run: async (input) => [
      ...Array.from(await runOne(first, input)),
      ...Array.from(await runOne(second, input)),
    ],
  };
}

function requireAlike(first: OpenModel, second: OpenModel, property: AgreementProperty): void {
  const [a, b] = [inputShape(first), inputShape(second)];
  const same = a.join() === b.join() && classCount(first) === classCount(second);
  if (same) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `model "${first.name}" maps [${a.join(', ')}] to ${classCount(first)} classes, "${second.name}" maps [${b.join(', ')}] to ${classCount(second)}`,
    hint: 'two models can agree only on the same inputs and classes',
  });
}
