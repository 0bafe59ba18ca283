import { UserError } from '../../../base/user-error.js';
import { objectives } from '../../../fuzz/objectives/index.js';
import { type Demand, targetsBut } from '../../../policy/demand.js';
import { ballsAround, belongsTo, hullOf, type InputSet, someInstances } from '../../../policy/input-set.js';
import { judgeRobustness, outsideOf } from '../../../policy/judge.js';
import type { RobustnessProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { boundDemand, forbidden } from '../../../verify/demanded.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boxOf } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, fitRows, requireClasses } from '../fit.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Decides, SubjectMaker } from '../subject.js';
import { classesOf } from './kept-class.js';
import { askedOf, claimOf, setWords } from './robustness-words.js';

/** The demand holds for all x' in the ball around a row of class c; usually f(x')_c > f(x')_j for all j != c. */
export const robustness: SubjectMaker<RobustnessProperty> = async (
  property,
  { policy, resources, runtime },
) => {
  const { ball, demand } = property;
  const model = await resources.model(property.model);
  requireClasses(model, property);
  requireDemand(demand, model, property);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, model);
  const classes = await classesOf(rows, model, property, selected.file);
  const asked = askedRows(classes, property, selected.file);
  const set = someInstances(ballsAround(rows, selected.firstRow, ball, policy.inputs), asked);
  const targets = Int32Array.from(asked, (row) => classes[row] ?? 0);
  const ways = waysOf(property, model, set, targets);
  const margins = { arithmetic: 'deployed', memoryBytes: boundMemoryBytes } as const;
  return {
    property,
    models: [model],
    claim: claimOf(property),
    set,
    linfEpsilon: ball.norm === 'linf' ? ball.epsilon : null,
    asked: askedOf(property),
    targets,
    hasTarget: true,
    encode: objectives.robustness(
      model.typed,
      await provablyFinite(model.typed, hullOf(set), runtime),
      demand,
    ),
    prove: (boxes, owners, arithmetic) =>
      boundDemand(model.typed, boxes, demand, owners, arithmetic, runtime),
    tighten: (instances, deadline) =>
      crownMargins(model.typed, set, targets, instances, { ...margins, deadline }, runtime, demand),
    // Of a ball only the box around it could be split, or be certified.
    ...(set.ball === undefined && { decides: () => decided(property, model, ways) }),
    ...(set.ball !== undefined
      ? { unclaimed: `certificates are about boxes, and this set is a ball of norm ${ball.norm}` }
      : ways === undefined
        ? { unclaimed: tooMany }
        : { claims: [{ model, disjuncts: ways }] }),
    hasMargin: true,
    replay: async (input, instance) =>
      belongsTo(set, instance, input)
        ? judgeRobustness(await runOne(model, input), targets[instance] ?? 0, demand)
        : outsideOf(setWords(ball)),
    strange: (input) => strangeValues([model], runtime, input),
  };
};

/** What violates the demand at an instance; undefined where that is too much to list. */
type Ways = (instance: number) => readonly Disjunct[];

/** Whether there are few enough follows from the demand and the class alone, so each class is asked once. */
function waysOf(
  { demand }: RobustnessProperty,
  model: OpenModel,
  set: InputSet,
  targets: Int32Array,
): Ways | undefined {
  const of = (instance: number, target: number) =>
    forbidden(demand, boxOf(set, instance), classCount(model), target);
  if ([...new Set(targets)].some((target) => of(0, target) === undefined)) return undefined;
  return (instance) => {
    const ways = of(instance, targets[instance] ?? 0);
    // An empty list would be a claim that nothing violates.
    if (ways === undefined || ways.length === 0)
      throw new RangeError(`nothing violates instance ${instance}`);
    return ways;
  };
}

const tooMany = "there are too many sets of classes that could be ahead of the row's";

/** @throws UserError where there are too many ways to violate the demand */
function decided({ at }: RobustnessProperty, model: OpenModel, disjuncts: Ways | undefined): Decides {
  if (disjuncts !== undefined) return { model: model.typed, disjuncts, run: (input) => runOne(model, input) };
  throw new UserError('UNSUPPORTED_MODEL', {
    where: placeOf(at),
    problem: tooMany,
    hint: 'test it: write "expect: tested"',
  });
}

/** Around rows of a target class that class may win: unless there are other targets, nothing is asked there. */
function askedRows(classes: Int32Array, { demand, at, name }: RobustnessProperty, file: string): number[] {
  const all = [...classes.keys()];
  if (demand.kind === 'wins') return all;
  const asked = all.filter((row) => targetsBut(demand.targets, classes[row] ?? 0).length > 0);
  if (asked.length > 0) return asked;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(at)}: property "${name}"`,
    problem: `every row of ${file} that it takes is of the target class ${demand.targets.join(', ')}`,
    hint: 'name another target, or take rows of other classes',
  });
}

function requireDemand(demand: Demand, model: OpenModel, { at, name }: RobustnessProperty): void {
  const classes = classCount(model);
  const problem =
    demand.kind === 'wins'
      ? demand.rank < classes
        ? undefined
        : `topK: ${demand.rank} of ${classes} classes is always so`
      : targetsBeyond(demand.targets, classes);
  if (problem === undefined) return;
  throw new UserError('INVALID_POLICY', {
    where: `${placeOf(at)}: property "${name}"`,
    problem: `${problem}; model "${model.name}" has the classes 0 to ${classes - 1}`,
    hint: 'classes are counted from 0, and topK is less than their number',
  });
}

function targetsBeyond(targets: readonly number[], classes: number): string | undefined {
  const beyond = targets.find((target) => target >= classes);
  return beyond === undefined ? undefined : `there is no class ${beyond}`;
}
