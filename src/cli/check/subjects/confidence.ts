import { softmaxed } from '../../../graph/softmaxed.js';
import { reductions } from '../../../policy/expression/observed.js';
import type { Condition, Numeric } from '../../../policy/expression/syntax.js';
import type { ConfidenceProperty } from '../../../policy/policy.js';
import { assertionSubject, type Proof } from '../assertions/assertion.js';
import { chooseInputs } from '../assertions/chosen.js';
import { type OpenModel, runOne } from '../models.js';
import type { SubjectMaker } from '../subject.js';

/** The greatest probability is at most the threshold for all x in the set. */
export const confidence: SubjectMaker<ConfidenceProperty> = async (property, context) => {
  const { assume, threshold, output } = property;
  const inputs = await chooseInputs(property, assume === undefined ? [] : [assume], context);
  const greatest = (by: 'max' | 'confidence'): Numeric => ({ kind: 'reduction', by, of: 'y', place: 0 });
  const atMost = (left: Numeric): Condition => ({
    kind: 'comparison',
    operator: '<=',
    left,
    right: { kind: 'number', value: threshold },
  });
  const proof = output === 'logits' ? proofOf(inputs.model, atMost(greatest('max'))) : undefined;
  const confidenceOf = output === 'logits' ? reductions.confidence : reductions.max;
  const text = `no class has a probability above ${threshold}`;
  return assertionSubject(
    {
      property,
      inputs,
      expression: { text, assertion: atMost(greatest(output === 'logits' ? 'confidence' : 'max')) },
      claim: `${text} ${inputs.where}`,
      hasMargin: true,
      ...(proof && { proof }),
      summary: (y) => confident(Array.from(y), confidenceOf),
    },
    context,
  );
};

/** Said of a softmax behind the model; what has none cannot be proved, for the assertion itself is not linear. */
function proofOf(model: OpenModel, assertion: Condition): Proof | undefined {
  const behind = softmaxed(model.typed);
  return behind && { model: behind, assertion, run: async (input) => softmaxOf(await runOne(model, input)) };
}

function softmaxOf(logits: ArrayLike<number>): Float64Array {
  const greatest = reductions.max(Array.from(logits));
  const powers = Float64Array.from(logits, (value) => Math.exp(value - greatest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

function confident(y: readonly number[], confidenceOf: (values: readonly number[]) => number): string {
  if (y.some(Number.isNaN)) return 'an output is not a number';
  return `class ${reductions.argmax(y)} with probability ${confidenceOf(y).toPrecision(6)}`;
}
