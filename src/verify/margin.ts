// Lower bound of "class c beats every other class", from the bounds of a classifier's output.
import { type Affine, midRad, slackOf } from '../ops/affine.js';
import { finite, type Interval, outward } from '../ops/interval.js';
import type { Rounding } from '../ops/rounding.js';
import { staticDim } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

/**
 * y_c - max_(j != c) y_j for every row: [batch]; -Infinity where nothing is known.
 * @param output bounds [batch, classes] of the deployed output
 * @param label c, int64 [batch]
 */
export function marginBound(p: Program, rounding: Rounding, output: Interval, label: Value): Value {
  const classes = staticDim(output.lower.shape, 1);
  const isTarget = p.equal(p.reshape(label, [...label.shape, 1]), classIndices(p, classes));
  const plain = plainMargins(p, rounding, output, label);
  const each =
    output.affine?.weight !== undefined && output.affine.input.lower.shape.length === 2
      ? p.max(plain, known(p, mergedMargins(p, rounding, output.affine, output.affine.weight, label)))
      : plain;
  const least = p.reduceMin(p.where(isTarget, Infinity, each), [1]);
  const sound = p.reduceMin(p.cast(finite(p, output), rounding.dtype), [1]);
  return p.reshape(p.where(p.greater(sound, 0.5), least, -Infinity), label.shape);
}

const classIndices = (p: Program, classes: number): Value =>
  p.constant({
    dtype: 'int64',
    shape: [1, classes],
    data: BigInt64Array.from({ length: classes }, (_, at) => BigInt(at)),
  });

/** The target's element of each row: [batch, classes] -> [batch, 1]. */
const target = (p: Program, rowsOf: Value, label: Value): Value =>
  p.gatherElements(rowsOf, p.reshape(label, [...label.shape, 1]), 1);

/** -Infinity for what is NaN or overflowed: W_c - W_j may, where W z does not. ReduceMin would lose a NaN. */
const known = (p: Program, margins: Value): Value =>
  p.where(finite(p, { lower: margins, upper: margins }), margins, -Infinity);

/** lower_c - upper_j: [batch, classes]. */
function plainMargins(p: Program, rounding: Rounding, { lower, upper }: Interval, label: Value): Value {
  const difference = p.sub(target(p, lower, label), upper);
  return outward(p, rounding, { lower: difference, upper: difference }, 1).lower;
}

/**
 * The last layer merged with the comparison (Gowal et al., section 3): (W_c - W_j) z + b_c - b_j over the box of z, which is
 * tighter than comparing bounds. The deployed errors of y_c and y_j, by rounding and by underflow, do not cancel: each keeps
 * its own.
 */
function mergedMargins(p: Program, rounding: Rounding, affine: Affine, weight: Value, label: Value): Value {
  const { mid, rad } = midRad(p, affine.input);
  const slack = slackOf(rounding, affine.length);
  // The layer's own underflow, and as many products and sums again for W_c - W_j.
  const underflow = p.add(p.mul(affine.underflow, 2), rounding.underflow(8 * affine.length + 16));
  const inflate = 1 + 4 * rounding.program(affine.length + 16);
  const [inputs, classes] = [staticDim(weight.shape, 0), staticDim(weight.shape, 1)];
  const rowsOf = p.transposeLast(weight);
  // [batch, classes, n]: one rounding per element, within `slack` of |W_c - W_j|.
  const differences = p.sub(p.reshape(p.gather(rowsOf, label, 0), [...label.shape, 1, inputs]), rowsOf);
  const times = (matrix: Value, vector: Value) =>
    p.reshape(p.matmul(matrix, p.reshape(vector, [...label.shape, inputs, 1])), [...label.shape, classes]);
  const reach = p.add(p.mul(rad, (1 + slack) * inflate), p.mul(p.abs(mid), slack * inflate));
  const spread = times(p.abs(differences), reach);
  // Rounding of the deployed outputs, each in units of |W| |z| + |b|.
  const magnitude = withBias(p, affine.absLinear(p.add(p.abs(mid), rad)), affine.biasMagnitude);
  const rounded = p.add(p.mul(magnitude, slack * inflate), underflow);
  const errors = p.add(target(p, rounded, label), rounded);
  const center = times(differences, mid);
  if (affine.bias === undefined) return lessened(p, rounding, center, p.add(spread, errors));
  const bias = p.expandLike(affine.bias, center);
  const biasDifference = p.sub(target(p, bias, label), bias);
  return lessened(p, rounding, p.add(center, biasDifference), p.add(spread, errors));
}

const withBias = (p: Program, product: Value, bias: Value | undefined): Value =>
  bias === undefined ? product : p.add(product, bias);

/** center - radius, rounded down. */
function lessened(p: Program, rounding: Rounding, center: Value, radius: Value): Value {
  const relative = rounding.program(8);
  const slack = p.mul(p.add(p.abs(center), radius), relative);
  return p.sub(p.sub(center, radius), slack);
}
