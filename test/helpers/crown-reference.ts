// Plain float64 CROWN of perceptrons with Relu (Zhang et al., arXiv 1811.00866), written without the engine: no rounding is
// accounted for, so that no sound bound of the engine may be tighter than these.
import type { Dense } from './mlps.js';

type Vector = readonly number[];
export type PlainBounds = { readonly lower: Vector; readonly upper: Vector };

/** y = rows . x + constants, rows [outputs][inputs] */
type Linear = { readonly rows: readonly Vector[]; readonly constants: Vector };

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

function linearOf({ weight, bias }: Dense): Linear {
  const [inputs = 0, outputs = 0] = weight.shape;
  const row = (y: number) => Array.from({ length: inputs }, (_, x) => weight.data[x * outputs + y] ?? 0);
  return {
    rows: Array.from({ length: outputs }, (_, y) => row(y)),
    constants: Array.from({ length: outputs }, (_, y) => bias?.data[y] ?? 0),
  };
}

/** Least value of row . x over a box. */
const least = (row: Vector, { lower, upper }: PlainBounds): number =>
  row.reduce((sum, a, at) => sum + a * ((a >= 0 ? lower[at] : upper[at]) ?? 0), 0);

type Line = { readonly slope: number; readonly offset: number };

/** The line below (side -1) or above (side 1) max(z, 0) on [l, u]. */
function reluLine(l: number, u: number, side: -1 | 1): Line {
  if (l >= 0) return { slope: 1, offset: 0 };
  if (u <= 0) return { slope: 0, offset: 0 };
  if (side < 0) return { slope: u > -l ? 1 : 0, offset: 0 };
  return { slope: u / (u - l), offset: (-u * l) / (u - l) };
}

/**
 * Least value of row . z + constant, z the result of layer `at - 1` (the input for 0) after its Relu.
 * @param before bounds of every earlier layer's result, before its Relu
 */
function backward(
  layers: readonly Linear[],
  before: readonly PlainBounds[],
  box: PlainBounds,
  row: Vector,
  constant: number,
  at: number,
): number {
  if (at === 0) return constant + least(row, box);
  const { lower, upper } = before[at - 1] ?? { lower: [], upper: [] };
  const { rows, constants } = layers[at - 1] ?? { rows: [], constants: [] };
  const lines = row.map((a, z) => reluLine(lower[z] ?? 0, upper[z] ?? 0, a >= 0 ? -1 : 1));
  const scaled = row.map((a, z) => a * (lines[z]?.slope ?? 0));
  const shift = row.reduce((sum, a, z) => sum + a * (lines[z]?.offset ?? 0), 0) + dot(scaled, constants);
  const columns =
    rows[0]?.map((_, x) =>
      dot(
        scaled,
        rows.map((weights) => weights[x] ?? 0),
      ),
    ) ?? [];
  return backward(layers, before, box, columns, constant + shift, at - 1);
}

const relu = ({ lower, upper }: PlainBounds): PlainBounds => ({
  lower: lower.map((value) => Math.max(value, 0)),
  upper: upper.map((value) => Math.max(value, 0)),
});

/** Interval bounds from the layer before, intersected with backward bounds. */
function layerBounds(
  layers: readonly Linear[],
  before: readonly PlainBounds[],
  box: PlainBounds,
  at: number,
): PlainBounds {
  const { rows, constants } = layers[at] ?? { rows: [], constants: [] };
  const last = before[at - 1];
  const inputs = last === undefined ? box : relu(last);
  const below = (row: Vector, constant: number): number =>
    Math.max(constant + least(row, inputs), backward(layers, before, box, row, constant, at));
  return {
    lower: rows.map((row, y) => below(row, constants[y] ?? 0)),
    upper: rows.map(
      (row, y) =>
        -below(
          row.map((a) => -a),
          -(constants[y] ?? 0),
        ),
    ),
  };
}

/** Bounds of every layer's result before its Relu; the last are the network's. */
export function referenceCrown(layers: readonly Dense[], box: PlainBounds): PlainBounds[] {
  const linear = layers.map(linearOf);
  const found: PlainBounds[] = [];
  for (const at of linear.keys()) found.push(layerBounds(linear, found, box, at));
  return found;
}

/** Bounds of the last layer's result by backward bounds alone. @param before bounds of earlier layers' results */
export function plainCrown(
  layers: readonly Dense[],
  box: PlainBounds,
  before: readonly PlainBounds[],
): PlainBounds {
  const linear = layers.map(linearOf);
  const at = linear.length - 1;
  const { rows, constants } = linear[at] ?? { rows: [], constants: [] };
  const ends = (sign: number) =>
    rows.map((row, y) => {
      const signed = row.map((a) => sign * a);
      return sign * backward(linear, before, box, signed, sign * (constants[y] ?? 0), at);
    });
  return { lower: ends(1), upper: ends(-1) };
}
