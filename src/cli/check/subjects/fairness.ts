import { UserError } from '../../../base/user-error.js';
import type { Difference } from '../../../findings/statement.js';
import { sameClass, sameScores } from '../../../fuzz/objectives/pairs.js';
import type { InputSet } from '../../../policy/input-set.js';
import { byElement, type PairSpace } from '../../../policy/pairs.js';
import type { FairnessProperty, ProtectedAttribute } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import { boundDisjuncts } from '../../../verify/disjunct-bounds.js';
import type { Slopes } from '../../../verify/slopes/slopes.js';
import { disagreements, differences as scoresApart } from '../../../verify/unsafe.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { classCount, requireClasses } from '../fit.js';
import type { SubjectContext, SubjectMaker } from '../subject.js';
import { asUnbounded } from './as-unbounded.js';
import { doubleBox, jointDecides, pairedSubject, tiesOf } from './paired.js';
import { elementOf, singleInputs, whereWords } from './single-inputs.js';
import { cutter, provedBySlopes, type Sloped, unitRows } from './sloped.js';

/** The same answer for all x and x' of the set that are equal but for protected attributes. */
export const fairness: SubjectMaker<FairnessProperty> = async (property, context) => {
  const { resources, runtime } = context;
  const { tolerance } = property;
  const model = await resources.model(property.model);
  if (tolerance === undefined) requireClasses(model, property);
  const outputs = classCount(model);
  const given = await singleInputs(property, model, context);
  const attributes = property.protected.map((attribute) => resolved(attribute, property, given, context));
  const set = attributes.reduce(widened, given);
  const space: PairSpace = { size: set.size, differences: attributes.flatMap(differencesOf) };
  const ties = tiesOf(space);
  const disjuncts = (instance: number): Disjunct[] =>
    boxesOf(set, instance, space).flatMap((box) =>
      (tolerance === undefined ? disagreements(box, outputs) : scoresApart(box, outputs, tolerance)).map(
        (disjunct) => ({ ...disjunct, constraints: [...ties, ...disjunct.constraints] }),
      ),
    );
  const joint = () => jointDecides({ property, model, set, space }, disjuncts);
  const sloped = tolerance === undefined ? undefined : slopesWithin(tolerance, { model, set, space });
  const what =
    tolerance === undefined ? 'the class does not change' : `no output changes by more than ${tolerance}`;
  const names = property.protected.flatMap(({ elements }) => elements).join(', ');
  const paired = await pairedSubject(
    {
      property,
      model,
      set,
      space,
      statement: { tolerance },
      ask: tolerance === undefined ? sameClass : sameScores(tolerance),
      claim: `${what} with the protected inputs ${names}, ${whereWords(property)}`,
    },
    runtime,
  );
  return {
    ...paired,
    prove: async (_boxes, targets, arithmetic) => {
      const { model: both, disjuncts: of } = asUnbounded(joint);
      const all = Array.from(targets, (_, instance) => of(instance));
      const options = { arithmetic, memoryBytes: boundMemoryBytes };
      const bounds = await boundDisjuncts(both, all, options, runtime);
      const bySlopes = sloped && (await provedBySlopes(sloped, runtime));
      return bounds.map((bound, at) => Math.max(bound, bySlopes?.[at] ?? -Infinity));
    },
    ...(sloped && { cut: cutter(sloped, runtime) }),
    decides: joint,
  };
};

/** Scores that change by no more than the tolerance allows along protected elements. */
function slopesWithin(
  tolerance: number,
  { model, set, space }: Pick<Sloped, 'model' | 'set'> & { readonly space: PairSpace },
): Sloped {
  const outputs = classCount(model);
  const rows = unitRows(
    Array.from({ length: outputs }, (_, output) => output),
    outputs,
  );
  const elements = [...byElement(space.differences).keys()];
  const excess = ({ least, most }: Slopes, widths: Float64Array): number => {
    let greatest = 0;
    for (let from = 0; from < least.length; from += set.size) {
      let change = 0;
      for (const at of elements) {
        const slope = Math.max(
          Math.abs(least[from + at] ?? Number.NaN),
          Math.abs(most[from + at] ?? Number.NaN),
        );
        change += widths[at] === 0 ? 0 : slope * (widths[at] ?? Number.NaN);
      }
      greatest = Math.max(greatest, change);
    }
    return greatest;
  };
  return { model, set, rows, slack: tolerance, excess };
}

type Resolved = {
  readonly elements: readonly number[];
  readonly values: readonly (readonly number[])[] | undefined;
  /** Of each element. */
  readonly ranges: readonly (readonly [lower: number, upper: number])[];
};

function resolved(
  { elements, values, range }: ProtectedAttribute,
  property: FairnessProperty,
  set: InputSet,
  context: SubjectContext,
): Resolved {
  const places = elements.map((name) => elementOf(name, property, set, context));
  const { ranges } = context.policy.inputs;
  const rangeOf = (element: number) => ranges[ranges.length === 1 ? 0 : element] ?? [-Infinity, Infinity];
  const given = values?.map((list) => list.map(Math.fround));
  const own = range && ([Math.fround(range[0]), Math.fround(range[1])] as const);
  const ends = places.map((element, at): readonly [number, number] => {
    const [least, most] = rangeOf(element);
    const asked = given?.map((list) => list[at] ?? Number.NaN) ?? own ?? [least, most];
    const outside = asked.find((value) => !(value >= least && value <= most));
    if (outside !== undefined) throw beyond(outside, elements[at], [least, most], property);
    return [Math.min(...asked), Math.max(...asked)];
  });
  return { elements: places, values: given, ranges: ends };
}

const beyond = (
  value: number,
  name: number | string | undefined,
  [least, most]: readonly [number, number],
  property: FairnessProperty,
): UserError =>
  new UserError('INVALID_POLICY', {
    where: `${placeOf(property.at)}: property "${property.name}"`,
    problem: `protected: ${value} lies outside of the input range [${least}, ${most}] of ${name}`,
    hint: 'give values within "inputs"',
  });

/** Protected elements have their whole range in every instance, and nothing else; seeds, too. */
function widened(set: InputSet, { elements, ranges }: Resolved): InputSet {
  const changed = (
    of: InputSet['lower'],
    change: (value: number, range: readonly [number, number]) => number,
  ) => {
    const data = of.data.slice();
    for (let from = 0; from < data.length; from += set.size)
      elements.forEach((element, at) => {
        data[from + element] = change(data[from + element] ?? 0, ranges[at] ?? [0, 0]);
      });
    return { ...of, data };
  };
  return {
    ...set,
    lower: changed(set.lower, (_, [least]) => least),
    upper: changed(set.upper, (_, [, most]) => most),
    seeds: changed(set.seeds, (value, [least, most]) => Math.max(least, Math.min(most, value))),
  };
}

const differencesOf = ({ elements, values }: Resolved): Difference[] =>
  values === undefined
    ? elements.map((element) => ({ kind: 'free', element }))
    : [{ kind: 'choice', elements, values }];

/** One for every two choices of values, whichever comes first; two inputs of equal choices differ in nothing unless something is free. */
function boxesOf(
  set: InputSet,
  instance: number,
  { size, differences }: PairSpace,
): Pick<Disjunct, 'lower' | 'upper'>[] {
  const choices = differences.flatMap((difference) => (difference.kind === 'choice' ? [difference] : []));
  const isFree = choices.length < differences.length;
  const all = choices.reduce<number[][]>(
    (lists, { values }) => lists.flatMap((list) => Array.from(values, (_, at) => [...list, at])),
    [[]],
  );
  const pairs = all.flatMap((first, at) =>
    all.slice(isFree ? at : at + 1).map((second) => [first, second] as const),
  );
  return pairs.map((pair) => {
    const { lower, upper } = doubleBox(set, instance);
    pair.forEach((list, which) => {
      choices.forEach(({ elements, values }, choice) => {
        elements.forEach((element, place) => {
          const value = values[list[choice] ?? 0]?.[place] ?? Number.NaN;
          lower[which * size + element] = upper[which * size + element] = value;
        });
      });
    });
    return { lower, upper };
  });
}
