// Properties that are assertions about outputs: searched by the expression, proved by the linear cases in which it is not true.
import { roundDown } from '../../../base/float32-rounding.js';
import { UserError } from '../../../base/user-error.js';
import { assertion as objective } from '../../../fuzz/objectives/assertion.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { Unbounded } from '../../../ops/operator.js';
import { judgeExpression } from '../../../policy/expression/evaluate.js';
import { type Fixed, NotLinear } from '../../../policy/expression/linear.js';
import { formulaOf } from '../../../policy/expression/normal.js';
import { printCondition } from '../../../policy/expression/print.js';
import type { Condition, Expression } from '../../../policy/expression/syntax.js';
import { hullOf } from '../../../policy/input-set.js';
import type { Judgement } from '../../../policy/judge.js';
import type { Chosen, Property } from '../../../policy/policy.js';
import { Comparisons, joined } from '../../../policy/vnnlib/formula.js';
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import { provablyFinite } from '../../../verify/finite-values.js';
import { boundOutputs } from '../../../verify/output-bounds.js';
import { boxOf } from '../../../verify/unsafe.js';
import { leastExcess } from '../../../verify/unsafe-bounds.js';
import { boundMemoryBytes } from '../bound-memory.js';
import { runOne } from '../models.js';
import { strangeValues } from '../strange.js';
import type { Subject, SubjectContext } from '../subject.js';
import { disjunctsWithin } from './assumed.js';
import type { ChosenInputs } from './chosen.js';

/** What is proved, where it is not said of the model's own output. */
export type Proof = {
  readonly model: TypedModel;
  readonly assertion: Condition;
  run(input: Float32Array): Promise<ArrayLike<number>>;
};

export type Asserted = {
  readonly property: Property & Chosen;
  readonly inputs: ChosenInputs;
  readonly expression: Expression;
  readonly claim: string;
  /** Whether bounds are in units of the output. */
  readonly hasMargin: boolean;
  readonly proof?: Proof;
  /** Of a violation, what to say of its output; else the assertion itself. */
  readonly summary?: (output: ArrayLike<number>) => string;
};

export async function assertionSubject(asserted: Asserted, { runtime }: SubjectContext): Promise<Subject> {
  const { property, inputs, expression, claim, hasMargin } = asserted;
  const { model, set, fixed, names, notes } = inputs;
  const assume = property.assume?.expression.assertion;
  const whole = whenAssumed(assume, expression);
  const proof: Proof = asserted.proof ?? {
    model: model.typed,
    assertion: expression.assertion,
    run: (input) => runOne(model, input),
  };
  const finite = await provablyFinite(model.typed, hullOf(set), runtime);
  const neverNaN =
    proof.model === model.typed
      ? finite.has(model.typed.output.name)
      : await isProvedFinite(proof, inputs, runtime);
  const disjuncts = (instance: number) =>
    unsafe(assume, proof.assertion, fixed[instance], boxOf(set, instance), neverNaN);
  return {
    property,
    models: [model],
    judgedAs: 'expression',
    expression: (instance) => printCondition(whole.assertion, fixed[instance] ?? {}),
    claim,
    set,
    ...(names && { names }),
    notes,
    linfEpsilon: property.around === undefined ? null : (property.linfEpsilon ?? null),
    // What is known of an instance's row is looked up by its number.
    targets: Int32Array.from(fixed, (_, instance) => instance),
    hasTarget: false,
    encode: objective(model.typed, { expression, assume, fixed }, finite),
    prove: async (boxes, instances, arithmetic) => {
      const options = { method: 'ibp', arithmetic, memoryBytes: boundMemoryBytes } as const;
      const cases = linearCases(instances, disjuncts);
      const bounds = await boundOutputs(proof.model, boxes, options, runtime);
      return Float32Array.from(instances, (_, at) => roundDown(leastOf(cases(at), boxOf(bounds, at))));
    },
    decides: () => ({ model: proof.model, disjuncts, run: proof.run }),
    ...claimsOf(asserted, disjuncts),
    hasMargin,
    replay: async (x, instance) => {
      const y = await runOne(model, x);
      const observed = { x, y, ...observedRow(fixed[instance]) };
      const judged = judgeExpression(whole, observed);
      // How far inputs are inside of the assumption is not what anybody wants to know of a violation.
      const told = judged.violated ? judgeExpression(expression, observed) : judged;
      return described(told, y, asserted);
    },
    strange: (input) => strangeValues([model], runtime, input),
  };
}

const observedRow = (fixed: Fixed | undefined) => ({
  label: fixed?.label ?? 0,
  ...(fixed?.predicted !== undefined && { predicted: fixed.predicted }),
  ...(fixed?.row && { row: fixed.row }),
});

const described = (judged: Judgement, y: ArrayLike<number>, { summary }: Asserted): Judgement =>
  summary !== undefined && judged.violated ? { ...judged, summary: summary(y) } : judged;

const whenAssumed = (assume: Condition | undefined, { text, assertion }: Expression): Expression => ({
  text,
  assertion: assume === undefined ? assertion : { kind: 'implies', left: assume, right: assertion },
});

async function isProvedFinite(
  { model }: Proof,
  { set }: ChosenInputs,
  runtime: SubjectContext['runtime'],
): Promise<boolean> {
  return (await provablyFinite(model, hullOf(set), runtime)).has(model.output.name);
}

/** Certificates are about the file's own outputs, and list what is forbidden of them. */
function claimsOf(
  { proof, inputs: { model } }: Asserted,
  disjuncts: (instance: number) => readonly Disjunct[],
): Pick<Subject, 'claims' | 'unclaimed'> {
  if (proof !== undefined)
    return { unclaimed: 'certificates are about outputs of files, not of a softmax behind them' };
  try {
    disjuncts(0);
    return { claims: [{ model, disjuncts }] };
  } catch (error) {
    // Nothing proves it either.
    if (error instanceof NotLinear || error instanceof UserError) return {};
    throw error;
  }
}

/** @throws Unbounded where the assertion is not linear in every case: a note then says that it is tested only */
function linearCases(instances: Int32Array, disjuncts: (instance: number) => readonly Disjunct[]) {
  const guarded = (at: number) => {
    try {
      return disjuncts(instances[at] ?? 0);
    } catch (error) {
      if (error instanceof NotLinear) throw new Unbounded(error.message);
      throw error;
    }
  };
  // Before anything is bounded.
  guarded(0);
  return guarded;
}

const leastOf = (disjuncts: readonly Disjunct[], outputs: ReturnType<typeof boxOf>): number =>
  disjuncts.reduce((least, disjunct) => Math.min(least, leastExcess(disjunct, outputs)), Infinity);

/** No output of a network that is of use reaches it. */
const beyondUse = 2 ** 100;

/**
 * Where the assertion is not true: as the property has it, or because an output is NaN. What is no number lets no bound be positive:
 * outputs that are shown to stay below some number are none.
 */
function unsafe(
  assume: Condition | undefined,
  assertion: Condition,
  fixed: Fixed | undefined,
  box: ReturnType<typeof boxOf>,
  neverNaN: boolean,
): Disjunct[] {
  if (fixed === undefined) throw new RangeError('no such instance');
  const table = new Comparisons();
  const broken = formulaOf(assertion, false, fixed, table);
  const formula =
    assume === undefined ? broken : joined('and', [formulaOf(assume, true, fixed, table), broken]);
  const disjuncts = disjunctsWithin(formula, table, box);
  if (neverNaN) return disjuncts;
  const nowhere = Array.from(
    { length: fixed.sizes.y },
    (_, output): Disjunct => ({
      ...box,
      constraints: [
        {
          inputs: { indices: new Int32Array(), coefficients: new Float64Array() },
          outputs: { indices: Int32Array.of(output), coefficients: Float64Array.of(-1) },
          bound: -beyondUse,
          strict: false,
        },
      ],
    }),
  );
  return [...disjuncts, ...nowhere];
}
