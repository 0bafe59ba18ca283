// A VNN-LIB property in the certificate's form.
import { isDeepStrictEqual } from 'node:util';
import type { CanonicalProperty, Certificate, Form } from '../../findings/certificate/certificate.js';
import { decodeCertificate, encodeCertificate } from '../../findings/certificate/file.js';
import type { Terms, VnnlibProperty } from '../../policy/vnnlib/property.js';

export function canonicalOf({
  inputSize,
  outputSize,
  disjuncts,
}: Pick<VnnlibProperty, 'inputSize' | 'outputSize' | 'disjuncts'>): CanonicalProperty {
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
  isDeepStrictEqual(asWritten(property, certificate), certificate.property);

/** The property as a certificate would have it. */
const asWritten = (property: CanonicalProperty, certificate: Certificate): CanonicalProperty =>
  decodeCertificate(
    encodeCertificate({
      ...certificate,
      property,
      places: property.boxes.map(() => ({ values: [], tightened: [] })),
      proofs: property.disjuncts.map((_, disjunct) => ({ disjunct, root: { kind: 'leaf' } })),
    }),
  ).property;
