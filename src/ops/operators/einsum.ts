// Einsum of two operands that is a matrix product of rearranged axes.
import { type Dims, productDim, staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { stringAttribute } from '../attributes.js';
import { type Bilinear, bilinearInterval } from '../bilinear.js';
import { bilinearRelaxation } from '../bilinear-relaxation.js';
import { type Interval, isPoint } from '../interval.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';

/** Letters of an equation, by where they occur. */
type Equation = {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly result: readonly string[];
  /** In both operands and the result; in both operands alone; in one operand and the result. */
  readonly batch: readonly string[];
  readonly summed: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
};

const written = /^([A-Za-z]*),([A-Za-z]*)->([A-Za-z]*)$/;

/** Without a result's letters: those that occur once, in alphabetical order. */
function withResult(equation: string): string {
  if (equation.includes('->')) return equation;
  const letters = [...equation.replace(',', '')];
  const single = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return `${equation}->${single.toSorted().join('')}`;
}

function equationOf({ node }: NodeContext): Equation {
  const text = withResult(stringAttribute(node, 'equation', '').replaceAll(' ', ''));
  const match = written.exec(text);
  const [left, right, result] = [match?.[1], match?.[2], match?.[3]].map((part) => [...(part ?? '')]);
  const unusual = new NotLowered(`Einsum "${text}" is no product of two matrices`);
  if (match === null || left === undefined || right === undefined || result === undefined) throw unusual;
  const both = left.filter((letter) => right.includes(letter));
  const rows = left.filter((letter) => !right.includes(letter));
  const columns = right.filter((letter) => !left.includes(letter));
  const isRepeating = [left, right, result].some((letters) => new Set(letters).size < letters.length);
  if (isRepeating || [...rows, ...columns].some((letter) => !result.includes(letter))) throw unusual;
  return {
    left,
    right,
    result,
    batch: both.filter((letter) => result.includes(letter)),
    summed: both.filter((letter) => !result.includes(letter)),
    rows,
    columns,
  };
}

const rearranged = (p: Program, x: Value, from: readonly string[], to: readonly string[]): Value =>
  p.transpose(
    x,
    to.map((letter) => from.indexOf(letter)),
  );

/** Sizes of letters; a letter of size 1 in one operand broadcasts, which is left to ONNX Runtime. */
function sizesOf(equation: Equation, a: Dims, b: Dims): (letters: readonly string[]) => Dims {
  const sizes = new Map(equation.left.map((letter, axis) => [letter, a[axis] ?? 1]));
  for (const [axis, letter] of equation.right.entries()) {
    const size = b[axis] ?? 1;
    if ((sizes.get(letter) ?? size) !== size) throw new NotLowered('Einsum that broadcasts');
    sizes.set(letter, size);
  }
  return (letters) => letters.map((letter) => sizes.get(letter) ?? 1);
}

/** [...batch, rows, summed] x [...batch, summed, columns], with the free axes of each operand as one. */
function product(p: Program, equation: Equation, a: Value, b: Value): Value {
  const { left, right, result, batch, summed, rows, columns } = equation;
  const sizes = sizesOf(equation, a.shape, b.shape);
  const merged = (letters: readonly string[]) => productDim(sizes(letters));
  const first = p.reshape(rearranged(p, a, left, [...batch, ...rows, ...summed]), [
    ...sizes(batch),
    merged(rows),
    merged(summed),
  ]);
  const second = p.reshape(rearranged(p, b, right, [...batch, ...summed, ...columns]), [
    ...sizes(batch),
    merged(summed),
    merged(columns),
  ]);
  const y = p.reshape(p.matmul(first, second), sizes([...batch, ...rows, ...columns]));
  return rearranged(p, y, [...batch, ...rows, ...columns], result);
}

function formOf(context: NodeContext, a: Value): Bilinear {
  const equation = equationOf(context);
  return {
    product: (left, right) => product(context.p, equation, left, right),
    length: equation.summed.reduce(
      (all, letter) => all * staticDim(a.shape, equation.left.indexOf(letter)),
      1,
    ),
  };
}

function interval(context: IntervalContext): Interval {
  const { p, rounding, output } = context;
  const [a, b] = [context.input(0), context.input(1)];
  const form = formOf(context, a.lower);
  if (!isPoint(a) && !isPoint(b)) return bilinearInterval(p, rounding, [a, b], form);
  const equation = equationOf(context);
  const onRight = isPoint(b);
  const [weight, input] = onRight ? [b.lower, a] : [a.lower, b];
  const times = (w: Value) => (z: Value) => (onRight ? form.product(z, w) : form.product(w, z));
  const absLinear = times(weightMagnitude(p, weight));
  const free = onRight ? equation.columns : equation.rows;
  return affineInterval(p, rounding, {
    input,
    linear: times(weight),
    absLinear,
    norm: absLinear(p.fillLike(input.lower, 1)),
    bias: undefined,
    length: form.length,
    readers: free.reduce((all, letter) => all * staticDim(output.shape, equation.result.indexOf(letter)), 1),
    weight: undefined,
  });
}

/**
 * Einsum (ONNX opset 12+) of two operands, each letter once in an operand, and in the result or in both operands.
 * Interval: affine where one side is constant, else the product of two boxes. Relaxation: mean of McCormick's planes.
 * Rounding: gamma_k in any order of summation, k the number of summed products.
 */
export const einsum = {
  type: 'Einsum',
  lower: (context) => {
    const [a, b] = [operand(context, 0), operand(context, 1)];
    return formOf(context, a).product(a, b);
  },
  interval,
  relax: (context) => bilinearRelaxation(context, formOf(context, context.input(0).lower)),
} satisfies Operator;
