// A VNN-LIB property in the certificate's form.
import type { CanonicalProperty, Form } from '../../findings/certificate/certificate.js';
import type { Terms, VnnlibProperty } from '../../policy/vnnlib/property.js';

export function canonicalOf({ inputSize, outputSize, disjuncts }: VnnlibProperty): CanonicalProperty {
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
