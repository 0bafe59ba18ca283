// A property in the certificate's form: of VNN-LIB, or that all values are finite.
import type {
  CanonicalProperty,
  Certificate,
  Form,
  ProofBox,
} from '../../findings/certificate/certificate.js';
import type { Terms, VnnlibProperty } from '../../policy/vnnlib/property.js';

/** What certificates take of a property. */
export type Claimed = Pick<VnnlibProperty, 'inputSize' | 'outputSize' | 'disjuncts'> & {
  /** All values are finite there: nothing else is claimed. */
  readonly finiteIn?: ProofBox;
};

export function canonicalOf({ inputSize, outputSize, disjuncts, finiteIn }: Claimed): CanonicalProperty {
  if (finiteIn !== undefined)
    return { inputSize, outputSize, finite: true, boxes: [finiteIn], disjuncts: [] };
  const boxes: { lower: Float64Array; upper: Float64Array }[] = [];
  const placeOf = (lower: Float64Array, upper: Float64Array): number => {
    const found = boxes.findIndex((box) => box.lower === lower && box.upper === upper);
    return found < 0 ? boxes.push({ lower, upper }) - 1 : found;
  };
  return {
    inputSize,
    outputSize,
    disjuncts: disjuncts.map(({ lower, upper, constraints }) => ({
      box: placeOf(lower, upper),
      constraints: constraints.map(({ inputs, outputs, bound, strict }) => ({
        inputs: formOf(inputs),
        outputs: formOf(outputs),
        bound,
        strict,
      })),
    })),
    boxes,
  };
}

const formOf = ({ indices, coefficients }: Terms): Form => ({
  indices: Array.from(indices),
  coefficients: Array.from(coefficients),
});

/** Whether the property that a certificate holds is this one. */
export const isProofOf = (certificate: Certificate, property: CanonicalProperty): boolean =>
  textOf(certificate.property) === textOf(property);

/** Equal for equal numbers, whatever arrays hold them; -0 is 0, as it is in files. */
const textOf = ({ inputSize, outputSize, finite, boxes, disjuncts }: CanonicalProperty): string =>
  JSON.stringify([
    inputSize,
    outputSize,
    finite === true,
    boxes.map(({ lower, upper }) => [Array.from(lower), Array.from(upper)]),
    disjuncts.map(({ box, constraints }) => [
      box,
      constraints.map(({ inputs, outputs, bound, strict }) => [
        pairsOf(inputs),
        pairsOf(outputs),
        bound,
        strict,
      ]),
    ]),
  ]);

const pairsOf = ({ indices, coefficients }: Form) => [indices, coefficients];
