import { UserError } from '../../../base/user-error.js';
import { objectives } from '../../../fuzz/objectives/index.js';
import { productOf } from '../../../graph/product.js';
import type { Dataset } from '../../../policy/dataset.js';
import { boxesAround, hullOf, type InputSet } from '../../../policy/input-set.js';
import { judgeAgreement, judgeTolerance } from '../../../policy/judge.js';
import type { AgreementProperty } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import type { Runtime } from '../../../program/session.js';
import { crownMargins } from '../../../verify/crown/margins.js';
import { boundDisjuncts } from '../../../verify/disjunct-bounds.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boundMargins } from '../../../verify/ibp.js';
import { boxOf, differences, disagreements, rivals } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, fitRows, requireClasses } from '../fit.js';
import { withinWords } from '../instances.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Decides, Subject, SubjectContext, SubjectMaker } from '../subject.js';
import { requireAlike } from './alike.js';
import { asUnbounded } from './as-unbounded.js';
import { predicted } from './predicted.js';

/** Of so many there are 380 pairs of 38 constraints each. */
const mostClasses = 20;

/** The same answer for all x' within linfEpsilon of a row: argmax f(x') = argmax g(x'), or outputs within the tolerance. */
export const agreement: SubjectMaker<AgreementProperty> = async (property, context) => {
  const { policy, resources } = context;
  const first = await resources.model(property.models[0]);
  const selected = await resources.rows(property.around, property.at);
  const rows = fitRows(selected, first);
  const { precision } = property;
  const second =
    precision === undefined
      ? await resources.model(property.models[1])
      : await resources.derived(first.name, precision, rows);
  requireAlike(first, second, property);
  const set = boxesAround(rows, selected.firstRow, property.linfEpsilon, policy.inputs);
  const parts = { property, first, second, rows, set };
  return property.tolerance === undefined
    ? sameClass(parts, context)
    : withinTolerance(parts, property.tolerance, context);
};

type Parts = {
  readonly property: AgreementProperty;
  readonly first: OpenModel;
  readonly second: OpenModel;
  readonly rows: Dataset;
  readonly set: InputSet;
};

const provenOf = async ({ first, second, set }: Parts, runtime: Runtime) =>
  [
    await provablyFinite(first.typed, hullOf(set), runtime),
    await provablyFinite(second.typed, hullOf(set), runtime),
  ] as const;

async function sameClass(parts: Parts, { runtime }: SubjectContext): Promise<Subject> {
  const { property, first, second, rows, set } = parts;
  for (const model of [first, second]) requireClasses(model, property);
  const targets = await predicted(rows, first);
  return {
    property,
    models: [first, second],
    claim: `both models give the same class ${withinWords(property.linfEpsilon)}`,
    set,
    linfEpsilon: property.linfEpsilon,
    targets,
    hasTarget: false,
    encode: objectives.agreement(first.typed, second.typed, await provenOf(parts, runtime)),
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
    decides: () => {
      const classes = requireFewClasses(first, property);
      return joined(parts, (instance) => disagreements(boxOf(set, instance), classes));
    },
    // That of proofs of both, one by one; those of both as one network are about no file.
    claims: [first, second].map((model) => ({
      model,
      disjuncts: (instance) => rivals(boxOf(set, instance), targets[instance] ?? 0, classCount(model)),
    })),
    hasMargin: true,
    replay: async (input) =>
      judgeAgreement(await runOne(first, input), await runOne(second, input), [first.name, second.name]),
    strange: (input) => strangeValues([first, second], runtime, input),
  };
}

async function withinTolerance(parts: Parts, most: number, { runtime }: SubjectContext): Promise<Subject> {
  const { property, first, second, set } = parts;
  const names = [first.name, second.name] as const;
  const disjuncts = (instance: number) => differences(boxOf(set, instance), classCount(first), most);
  return {
    property,
    models: [first, second],
    claim: `no output of the models differs by more than ${most} ${withinWords(property.linfEpsilon)}`,
    set,
    linfEpsilon: property.linfEpsilon,
    statement: { tolerance: most },
    targets: new Int32Array(set.instanceOf.length),
    hasTarget: false,
    encode: objectives.tolerance(first.typed, second.typed, most, await provenOf(parts, runtime)),
    prove: (_boxes, targets, arithmetic) =>
      boundDisjuncts(
        asUnbounded(() => joined(parts, disjuncts).model),
        Array.from(targets, (_, instance) => disjuncts(instance)),
        { arithmetic, memoryBytes: boundMemoryBytes },
        runtime,
      ),
    decides: () => joined(parts, disjuncts),
    hasMargin: true,
    replay: async (input) =>
      judgeTolerance(await runOne(first, input), await runOne(second, input), most, names),
    strange: (input) => strangeValues([first, second], runtime, input),
  };
}

function requireFewClasses(first: OpenModel, property: AgreementProperty): number {
  const classes = classCount(first);
  if (classes <= mostClasses) return classes;
  const problem = `${classes} classes have too many pairs`;
  throw new UserError('UNSUPPORTED_MODEL', {
    where: placeOf(property.at),
    problem,
    hint: 'test it: write "expect: tested"',
  });
}

/** Both as one network. @throws UserError where they cannot be one */
const joined = (
  { property, first, second }: Parts,
  disjuncts: (instance: number) => readonly Disjunct[],
): Decides => ({
  model: productOf([first.typed, second.typed], placeOf(property.at)),
  disjuncts,
  run: async (input) => [
    ...Array.from(await runOne(first, input)),
    ...Array.from(await runOne(second, input)),
  ],
});
