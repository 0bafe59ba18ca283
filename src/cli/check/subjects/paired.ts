// A property of two inputs of one model as a subject, and as a problem of one network for the engine of `marauder prove`.
import { UserError } from '../../../base/user-error.js';
import type { Statement } from '../../../findings/statement.js';
import { pairs, type Question } from '../../../fuzz/objectives/pairs.js';
import { hullOf, type InputSet } from '../../../policy/input-set.js';
import { judgePair, type PairKind } from '../../../policy/judge-pairs.js';
import { apart, byElement, type PairSpace, pairsWithin, together } from '../../../policy/pairs.js';
import type { Property } from '../../../policy/policy.js';
import { placeOf } from '../../../policy/position.js';
import type { Disjunct, LinearConstraint } from '../../../policy/vnnlib/property.js';
import type { Runtime } from '../../../program/session.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { jointProblem } from '../../../verify/joint/problem.js';
import { boxOf } from '../../../verify/unsafe.js';
import { wholeRangeName } from '../instances.js';
import { type OpenModel, runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Decides, Subject } from '../subject.js';

export type PairProperty = Property & { readonly kind: PairKind; readonly linfEpsilon: number | undefined };

export type Paired = {
  readonly property: PairProperty;
  readonly model: OpenModel;
  /** Of single inputs. */
  readonly set: InputSet;
  readonly space: PairSpace;
  readonly statement: Statement;
  readonly ask: Question;
  readonly claim: string;
};

type Common = Omit<Subject, 'prove' | 'decides' | 'cut'>;

export async function pairedSubject(paired: Paired, runtime: Runtime): Promise<Common> {
  const { property, model, set, space, ask, claim } = paired;
  const statement = { ...paired.statement, differences: space.differences };
  const pairSet = pairsWithin(set, space);
  return {
    property,
    models: [model],
    claim,
    statement,
    pair: { set, apart: (joined) => apart(space, joined) },
    set: pairSet,
    ...(property.linfEpsilon === undefined && { names: [wholeRangeName] }),
    linfEpsilon: property.linfEpsilon ?? null,
    targets: new Int32Array(set.lower.shape[0] ?? 0),
    hasTarget: false,
    encode: pairs(model.typed, space, ask, await provablyFinite(model.typed, hullOf(set), runtime)),
    hasMargin: true,
    replay: async (joined) => {
      const inputs = apart(space, joined);
      const outputs = [await runOne(model, inputs[0]), await runOne(model, inputs[1])] as const;
      const judgement = judgePair(property.kind, statement, inputs, outputs);
      if (judgement === undefined) throw new RangeError(`a statement that says nothing of ${property.kind}`);
      return judgement;
    },
    strange: async (joined) => {
      const [first, second] = apart(space, joined);
      const judgement = await strangeValues([model], runtime, first);
      return judgement.violated ? judgement : strangeValues([model], runtime, second);
    },
  };
}

/** More are no proof that anybody waits for. */
const mostDisjuncts = 20_000;

/**
 * Both copies of the model as one network of what they share and differ in.
 * @param disjunctsOf over both inputs and both outputs, with the very constraints of `tiesOf`
 * @throws UserError where they cannot be one, or there are too many ways to violate the property
 */
export function jointDecides(
  { property, model, set, space }: Pick<Paired, 'property' | 'model' | 'set' | 'space'>,
  disjunctsOf: (instance: number) => readonly Disjunct[],
): Decides {
  const where = placeOf(property.at);
  const instances = Array.from({ length: set.lower.shape[0] ?? 0 }, (_, instance) => disjunctsOf(instance));
  const starts: number[] = [];
  let total = 0;
  for (const { length } of instances) {
    starts.push(total);
    total += length;
  }
  if (total > mostDisjuncts) {
    const problem = `${total} ways to violate the property are too many`;
    throw new UserError('UNSUPPORTED_MODEL', { where, problem, hint: 'test it: write "expect: tested"' });
  }
  const run = async (inputs: Float32Array) => [
    ...Array.from(await runOne(model, inputs.slice(0, space.size))),
    ...Array.from(await runOne(model, inputs.slice(space.size))),
  ];
  const network = { model: model.typed, sameAs: 0 };
  const problem = jointProblem([network, network], instances.flat(), run, where);
  const { original } = problem;
  const sliced = <T>(list: readonly T[], instance: number) =>
    list.slice(starts[instance], (starts[instance] ?? 0) + (instances[instance]?.length ?? 0));
  return {
    model: problem.model,
    disjuncts: (instance) => sliced(problem.disjuncts, instance),
    run,
    ...(original && {
      original: (instance) => ({
        disjuncts: sliced(original.disjuncts, instance),
        inputOf: (disjunct, point) => original.inputOf((starts[instance] ?? 0) + disjunct, point),
      }),
    }),
    inputOf: (inputs) => together(space, inputs.slice(0, space.size), inputs.slice(space.size)),
  };
}

/** That elements are equal, or not less: constraints over both inputs. One object for all disjuncts, which tells them as shared. */
export function tiesOf({ size, differences }: PairSpace): LinearConstraint[] {
  const differing = byElement(differences);
  return Array.from({ length: size }, (_, at) => {
    const kind = differing.get(at)?.kind;
    if (kind === 'greater') return [noMore(at, size + at, 1)];
    return kind === undefined ? [noMore(at, size + at, 1), noMore(at, size + at, -1)] : [];
  }).flat();
}

/** sign (x_a - x_b) <= 0 */
const noMore = (a: number, b: number, sign: 1 | -1): LinearConstraint => ({
  inputs: { indices: Int32Array.of(a, b), coefficients: Float64Array.of(sign, -sign) },
  outputs: { indices: new Int32Array(), coefficients: new Float64Array() },
  bound: 0,
  strict: false,
});

/** Both inputs' boxes, one after the other. */
export function doubleBox(set: InputSet, instance: number) {
  const { lower, upper } = boxOf(set, instance);
  const twice = (side: Float64Array) => Float64Array.of(...side, ...side);
  return { lower: twice(lower), upper: twice(upper) };
}
