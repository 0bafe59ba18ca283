import { int64 } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encode } from '../../ops/encoding.js';
import { finiteTaps, firstNonFinite, type Tap } from '../../ops/finite-taps.js';
import type { Lowered } from '../../ops/lower-model.js';
import { perRow } from '../../ops/per-row.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { nothingProven, type Proven, watched } from './watched.js';

/** Operators that produce an infinity or a NaN when an argument comes near zero, with the position of that argument. */
const poles: Readonly<Record<string, number>> = { Log: 0, Reciprocal: 0, Sqrt: 0, Div: 1 };

/** Keeps logarithms finite at zero; far below every value that matters, and its reciprocal is a number that gradients bear. */
const floor = 1e-30;
/** The smallest number above zero: where only values are compared, every step towards zero counts. */
const least = 2 ** -149;

/**
 * Finite: violated where some value of the graph is NaN or infinite. Gradients enlarge the value nearest to either. Clusters
 * are positions, among the graph's nodes, of the first node whose result is neither.
 */
export function finite(model: TypedModel, proven: Proven = nothingProven): Encode {
  return (p, x) => {
    const { seen, lowered, taps } = watched(p, model, x, proven);
    const risk = (above: number) => risks(p, model, lowered, seen.nonFinite, above).map(p.neg);
    const [losses, [guide]] = [risk(floor), risk(least)];
    const cluster = firstNode(p, model, taps, x);
    return { ...seen, violated: seen.nonFinite, margin: undefined, losses, cluster, ...(guide && { guide }) };
  };
}

/** Values that are not watched only pass on what others produce, so the first of the watched ones is the first of all. */
function firstNode(p: Program, { graph }: TypedModel, taps: readonly Tap[], x: Value): Value {
  const makers = taps.map(({ name }) => graph.nodes.findIndex(({ outputs }) => outputs.includes(name)));
  const first = firstNonFinite(p, taps, x);
  return makers.length === 0 ? first : p.gather(p.constant(int64(makers)), first, 0);
}

/** How near some value is to overflow or to a pole, as a logarithm: [batch]; nothing where no value can be either. */
function risks(p: Program, model: TypedModel, lowered: Lowered, like: Value, above: number): Value[] {
  const greatest = (value: Value) => perRow(p, value, like, p.reduceMax);
  const magnitude = (value: Value) => p.log(p.add(p.abs(p.cast(value, 'float32')), above));
  const large = finiteTaps(model, lowered).map(({ value }) => greatest(magnitude(value)));
  const small = poleArguments(model, lowered).map(({ value }) => greatest(p.neg(magnitude(value))));
  const [first, ...rest] = [...large, ...small];
  return first === undefined ? [] : [rest.reduce((most, next) => p.max(most, next), first)];
}

function poleArguments(model: TypedModel, { values }: Lowered): Tap[] {
  return model.graph.nodes.flatMap(({ type, inputs }) => {
    const name = inputs[poles[type] ?? -1] ?? '';
    const value = values.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
}
