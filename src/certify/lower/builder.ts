// Steps as they are appended. Scales, shifts and moves of an affine step are merged into a step of their own over the same sources,
// because ONNX Runtime may fold them into the layer before: the merged error covers the folded and the plain computation.
import { type Curve, relu } from '../curves.js';
import { entriesIn, type Matrix, matrixOf, scaledRows } from '../matrix.js';
import { type Affine, NotCheckable, type Operand, type Step } from '../network.js';
import { everyIndex, isSafe } from './values.js';

/** A value of the file: a step, and the shape of its elements. */
export type Variable = { readonly step: number; readonly shape: readonly number[] };

/** One more for the bias, one for a folded scale, one for a scale that is applied late, one to spare. */
const spareRoundings = 5;
/** Square root, quotient, products and sums of a folded BatchNormalization. */
const mergeRoundings = 8;
/** Relative to roundings of at least 2^-22, it exceeds 2^-126 for every unit of what the weight multiplies. */
const foldingUnderflow = 2 ** -100;

/** Of convolutions, whose kernels multiply padding, too. */
export const greatestWeight = 2 ** 36;

export class Builder {
  readonly steps: Step[] = [];

  constructor(inputSize: number) {
    this.steps.push({ kind: 'input', size: inputSize });
  }

  affineAt(step: number): Affine | undefined {
    const found = this.steps[step];
    return found?.kind === 'affine' ? found : undefined;
  }

  sizeOf(step: number): number {
    return this.steps[step]?.size ?? 0;
  }

  /** Whether some elements are 0 whatever the input is, as padding is, also when it is moved or scaled. */
  mayBePadded(step: number): boolean {
    const found = this.affineAt(step);
    const isEmpty = (row: number) => found?.parts.every(({ matrix }) => entriesIn(matrix, row) === 0);
    return found?.bias.some((bias, row) => bias === 0 && isEmpty(row)) ?? false;
  }

  append(step: Step): number {
    if (step.kind === 'affine') requireFinite(step);
    return this.steps.push(step) - 1;
  }

  curve(source: number, curve: Curve): number {
    return this.append({ kind: 'curve', size: this.sizeOf(source), source, curve });
  }

  /** W x + b by sums of at most so many terms. */
  dense(
    source: number,
    matrix: Matrix,
    terms: number,
    bias: Float64Array = new Float64Array(matrix.rows),
  ): number {
    const [, most] = this.lateOf(source);
    return this.append({
      ...exactly([{ source, matrix }], bias),
      roundings: terms + spareRoundings,
      underflows: new Float64Array(matrix.rows).fill((terms + 8) * most),
    });
  }

  /**
   * scale[i] x[from[i]] + shift[i]; without both it is exact.
   * @param shiftMagnitude what the kernel's own partial sums of the shift reach
   */
  scaled(
    source: number,
    from: Int32Array,
    scale?: Float64Array,
    shift?: Float64Array,
    shiftMagnitude = shift?.map(Math.abs),
  ): number {
    const inner = this.affineAt(source) ?? identity(source, this.sizeOf(source));
    const isMove = scale === undefined && shift === undefined;
    const each = (values: Float64Array, also?: Float64Array, size = (factor: number) => factor) =>
      Float64Array.from(from, (at, i) => (values[at] ?? 0) * size(scale?.[i] ?? 1) + (also?.[i] ?? 0));
    const isPlain = inner.roundings === 0 && (scale === undefined || shift === undefined);
    const spare = isMove ? 0 : isPlain ? 1 + spareRoundings : mergeRoundings;
    const fresh = isMove ? undefined : new Float64Array(from.length).fill(inner.roundings + 16);
    const late = scale ? this.lateAfter(inner, scale) : inner.late;
    const guarded = scale ? source : inner.guarded;
    return this.append({
      kind: 'affine',
      size: from.length,
      parts: inner.parts.map((part) => ({ ...part, matrix: scaledRows(part.matrix, from, scale) })),
      bias: each(inner.bias, shift),
      magnitude: each(inner.magnitude, shiftMagnitude, Math.abs),
      roundings: inner.roundings + spare,
      underflows: each(inner.underflows, fresh, Math.abs),
      folding: scale ? Math.max(foldingUnderflow, inner.folding * mostOf(scale)) : inner.folding,
      ...(guarded !== undefined && { guarded }),
      ...(late && { late }),
    });
  }

  private lateOf(step: number): NonNullable<Affine['late']> {
    return this.affineAt(step)?.late ?? [1, 1];
  }

  /** Kernels may apply this scale together with those before it, and with those before the layer that it scales, in one number. */
  private lateAfter({ late, parts }: Affine, scale: Float64Array): Affine['late'] {
    // Only single numbers are taken together: these have one value everywhere.
    if (scale.some((value) => value !== scale[0])) return late;
    const before = late ? [late] : parts.map(({ source }) => this.lateOf(source));
    const size = Math.abs(scale[0] ?? 1);
    const least = Math.min(1, size) * Math.min(1, ...before.map(([value]) => value));
    if (!(least >= 2 ** -100)) throw new NotCheckable('scales whose product is near zero');
    return [least, Math.max(1, size) * Math.max(1, ...before.map(([, value]) => value))];
  }

  /** Sum of operands times signs, element by element, without any rounding. */
  exactSum(terms: readonly (readonly [Operand, 1 | -1])[], among?: Affine['among']): number {
    const size = sizeOfOperand(terms[0]?.[0]);
    const bySource = new Map<number, [Int32Array, 1 | -1][]>();
    const bias = new Float64Array(size);
    for (const [operand, sign] of terms)
      if (operand instanceof Float64Array)
        operand.forEach((value, at) => {
          bias[at] = (bias[at] ?? 0) + sign * value;
        });
      else bySource.set(operand.step, [...(bySource.get(operand.step) ?? []), [operand.from, sign]]);
    const parts = [...bySource].map(([source, all]) => ({
      source,
      matrix: matrixOf(size, this.sizeOf(source), (row, add) => {
        for (const [from, sign] of all) add(from[row] ?? -1, sign);
      }),
    }));
    return this.append({ ...exactly(parts, bias), ...(among && { among }) });
  }

  /** Of two values. A layer may be computed onto the other value, with all its roundings. */
  sum(terms: readonly (readonly [Exclude<Operand, Float64Array>, 1 | -1])[]): number {
    const inner = terms.map(([{ step }]) => this.affineAt(step)?.roundings ?? 0);
    const roundings = Math.max(...inner) + spareRoundings;
    const at = this.exactSum(terms);
    const own = { roundings, underflows: new Float64Array(this.sizeOf(at)).fill(8) };
    this.steps[at] = { ...(this.steps[at] as Affine), ...own };
    return at;
  }

  /** max(a, b) = b + Relu(a - b), min(a, b) = a - Relu(a - b): kernels choose, and round nothing. */
  extreme(which: 'max' | 'min', [a, b]: readonly [Operand, Operand]): Operand {
    const difference = this.exactSum([...signed([a], 1), ...signed([b], -1)]);
    const from = everyIndex(this.sizeOf(difference));
    const above = { step: this.curve(difference, relu), from };
    const terms = which === 'max' ? signed([b, above], 1) : [...signed([a], 1), ...signed([above], -1)];
    return { step: this.exactSum(terms, { which, of: [a, b] }), from };
  }
}

export const signed = (operands: readonly Operand[], sign: 1 | -1) =>
  operands.map((operand) => [operand, sign] as const);

const sizeOfOperand = (operand: Operand | undefined): number =>
  operand instanceof Float64Array ? operand.length : (operand?.from.length ?? 0);

/** Without rounding. */
const exactly = (parts: Affine['parts'], bias: Float64Array): Affine => ({
  kind: 'affine',
  size: bias.length,
  parts,
  bias,
  magnitude: bias.map(Math.abs),
  roundings: 0,
  underflows: new Float64Array(bias.length),
  folding: 0,
});

const identity = (source: number, size: number): Affine =>
  exactly([{ source, matrix: matrixOf(size, size, (row, add) => add(row, 1)) }], new Float64Array(size));

const mostOf = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Weights and biases that overflow as float32 have no error bound. Nor have scales of 2^86, of which underflows are at least the
 * eightfold: those that meet nothing but padding are in no matrix, and times infinity it is NaN.
 */
function requireFinite({ parts, bias, magnitude, underflows }: Affine): void {
  const scales = underflows.map((count) => count * greatestWeight);
  const all = [...parts.map(({ matrix }) => matrix.weights), bias, magnitude, scales];
  if (!all.every((values) => values.every(isSafe)))
    throw new NotCheckable('a weight or bias is not finite, or near the greatest float32');
}
