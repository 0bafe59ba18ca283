// Steps as they are appended. Scales, shifts and moves of an affine step are merged into a step of their own over the same sources,
// because ONNX Runtime may fold them into the layer before: the merged error covers the folded and the plain computation.
import { type Matrix, matrixOf, scaledRows } from '../matrix.js';
import { type Affine, NotCheckable, type Step } from '../network.js';

/** A value of the file: a step, and the shape of its elements. */
export type Variable = { readonly step: number; readonly shape: readonly number[] };

/** One more for the bias, one for a folded scale, one for a scale that is applied late, one to spare. */
const spareRoundings = 5;
/** Square root, quotient, products and sums of a folded BatchNormalization. */
const mergeRoundings = 8;
/** Relative to roundings of at least 2^-22, it exceeds 2^-126 for every unit of what the weight multiplies. */
const foldingUnderflow = 2 ** -100;

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

  append(step: Step): number {
    if (step.kind === 'affine') requireFinite(step);
    return this.steps.push(step) - 1;
  }

  /** W x + b by sums of at most so many terms. */
  dense(source: number, matrix: Matrix, bias: Float64Array, terms: number): number {
    const [, most] = this.affineAt(source)?.late ?? [1, 1];
    return this.append({
      kind: 'affine',
      size: matrix.rows,
      parts: [{ source, matrix }],
      bias,
      magnitude: bias.map((value) => Math.abs(value)),
      roundings: terms + spareRoundings,
      underflows: new Float64Array(matrix.rows).fill((terms + 8) * Math.max(1, most)),
      folding: 0,
    });
  }

  /** Element i is element from[i] of the value: exact. */
  moved(source: number, from: Int32Array): number {
    return this.merged(source, from, undefined, undefined, undefined);
  }

  /** scale[i] x[from[i]] + shift[i]. @param shiftMagnitude what the kernel's own partial sums of the shift reach */
  scaled(
    source: number,
    from: Int32Array,
    scale: Float64Array | undefined,
    shift: Float64Array | undefined,
    shiftMagnitude = shift?.map((value) => Math.abs(value)),
  ): number {
    return this.merged(source, from, scale, shift, shiftMagnitude);
  }

  private merged(
    source: number,
    from: Int32Array,
    scale: Float64Array | undefined,
    shift: Float64Array | undefined,
    shiftMagnitude: Float64Array | undefined,
  ): number {
    const inner = this.affineAt(source) ?? identity(source, this.sizeOf(source));
    const isMove = scale === undefined && shift === undefined;
    const each = (values: Float64Array, also?: Float64Array, size = (factor: number) => factor) =>
      Float64Array.from(from, (at, i) => (values[at] ?? 0) * size(scale?.[i] ?? 1) + (also?.[i] ?? 0));
    const isPlain = inner.roundings === 0 && (scale === undefined || shift === undefined);
    const spare = isMove ? 0 : isPlain ? 1 + spareRoundings : mergeRoundings;
    const fresh = isMove ? undefined : new Float64Array(from.length).fill(inner.roundings + 16);
    const [least, most] = inner.late ?? [1, 1];
    const late = scale ? ([least * leastOf(scale), most * mostOf(scale)] as const) : inner.late;
    return this.append({
      kind: 'affine',
      size: from.length,
      parts: inner.parts.map((part) => ({ ...part, matrix: scaledRows(part.matrix, from, scale) })),
      bias: each(inner.bias, shift),
      magnitude: each(inner.magnitude, shiftMagnitude, Math.abs),
      roundings: inner.roundings + spare,
      underflows: each(inner.underflows, fresh, Math.abs),
      folding: scale ? Math.max(foldingUnderflow, inner.folding * mostOf(scale)) : inner.folding,
      ...(scale && { guarded: source }),
      ...(late && { late }),
    });
  }

  /** Sum of values times signs, element by element. A layer may be computed onto the other value, with all its roundings. */
  sum(terms: readonly { readonly step: number; readonly from: Int32Array; readonly sign: 1 | -1 }[]): number {
    const size = terms[0]?.from.length ?? 0;
    const inner = terms.map(({ step }) => this.affineAt(step)?.roundings ?? 0);
    return this.append({
      kind: 'affine',
      size,
      parts: joined(
        terms.map(({ step, from, sign }) => ({
          source: step,
          matrix: matrixOf(size, this.sizeOf(step), (row, to) => to.add(from[row] ?? 0, sign)),
        })),
      ),
      bias: new Float64Array(size),
      magnitude: new Float64Array(size),
      roundings: Math.max(...inner) + spareRoundings,
      underflows: new Float64Array(size).fill(8),
      folding: 0,
    });
  }
}

/** Coefficients of one source in one part: x + x would be two. */
function joined(parts: Affine['parts']): Affine['parts'] {
  const sources = new Set(parts.map(({ source }) => source));
  if (sources.size !== parts.length) throw new NotCheckable('a sum of a value with itself');
  return parts;
}

const identity = (source: number, size: number): Affine => ({
  kind: 'affine',
  size,
  parts: [{ source, matrix: matrixOf(size, size, (row, to) => to.add(row, 1)) }],
  bias: new Float64Array(size),
  magnitude: new Float64Array(size),
  roundings: 0,
  underflows: new Float64Array(size),
  folding: 0,
});

const mostOf = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const leastOf = (values: Float64Array): number =>
  values.reduce((least, value) => Math.min(least, value === 0 ? Infinity : Math.abs(value)), Infinity);

/** Weights and biases that overflow as float32 have no error bound. */
function requireFinite({ parts, bias, magnitude, underflows }: Affine): void {
  const isSafe = (value: number) => Math.abs(value) < 2 ** 125;
  const all = [...parts.map(({ matrix }) => matrix.weights), bias, magnitude, underflows];
  if (!all.every((values) => values.every(isSafe)))
    throw new NotCheckable('a weight or bias is not finite, or near the greatest float32');
}
