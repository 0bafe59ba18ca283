// What every objective reports besides its own verdict: outputs and hidden layers for coverage, NaN and infinity anywhere.
import { int64, tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Encoding, Layer } from '../../ops/encoding.js';
import { anyNonFinite, finiteTaps, type Tap } from '../../ops/finite-taps.js';
import { type Lowered, lowerModel } from '../../ops/lower-model.js';
import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/** Operators whose outputs count as neurons. */
const activations = new Set([
  'Relu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Clip',
]);

/** Names of values that cannot be NaN or infinite on the input set, and so need no watching. */
export type Proven = ReadonlySet<string>;
export const nothingProven: Proven = new Set();

type Watched = {
  readonly seen: Pick<Encoding, 'nonFinite' | 'output' | 'hidden'>;
  readonly lowered: Lowered;
  /** What is watched, in the order of the graph. */
  readonly taps: readonly Tap[];
};

export function watched(p: Program, model: TypedModel, x: Value, proven: Proven = nothingProven): Watched {
  const lowered = lowerModel(p, model, x);
  const taps = finiteTaps(model, lowered).filter(({ name }) => !proven.has(name));
  return {
    lowered,
    taps,
    seen: {
      // What is proven is so for finite inputs, so these are known to be.
      nonFinite: anyNonFinite(p, taps, x, proven.size === 0),
      output: { name: model.output.name, value: lowered.output },
      hidden: hiddenLayers(model, lowered, x),
    },
  };
}

/** Those with one row per input: what a model folds into its batch axis has no neurons of its own. */
function hiddenLayers(model: TypedModel, { values }: Lowered, { shape }: Value): Layer[] {
  return model.graph.nodes
    .filter(({ type }) => activations.has(type))
    .flatMap(({ outputs }) => {
      const value = values.get(outputs[0] ?? '');
      const perInput = value !== undefined && value.shape.length >= 2 && value.shape[0] === shape[0];
      return perInput ? [{ name: outputs[0] ?? '', value }] : [];
    });
}

/** bool [batch]: some element of the row is NaN. ONNX Runtime's maxima may drop a NaN, so it is looked for by itself. */
export const anyNaN = (p: Program, logits: Value): Value =>
  p.greater(p.reshape(p.reduceMax(p.cast(p.isNaN(logits), 'float32'), [1]), logits.shape.slice(0, 1)), 0);

/** One number for each pair of classes: int64 [batch]. */
export const classPair = (p: Program, logits: Value, from: Value, to: Value): Value =>
  p.add(p.mul(from, staticDim(logits.shape, 1)), to);

/** Element `target` minus the greatest other one: [batch, classes] -> [batch]. */
export function classMargin(p: Program, logits: Value, target: Value): Value {
  const column = p.reshape(target, [...target.shape, 1]);
  const rival = p.reduceMax(others(p, logits, target), [1]);
  return p.reshape(p.sub(p.gatherElements(logits, column, 1), rival), target.shape);
}

/** Position of that greatest other one, whether it wins, ties or loses: int64 [batch]. */
export const rivalOf = (p: Program, logits: Value, target: Value): Value =>
  p.argMax(others(p, logits, target), 1);

/** The logits, but minus infinity for the target. */
export function others(p: Program, logits: Value, target: Value): Value {
  return p.where(isTarget(p, staticDim(logits.shape, 1), target), -Infinity, logits);
}

/** One row of a small table per row is read in half the time that comparing takes. */
const greatestTable = 256;

/** bool [batch, classes]. */
function isTarget(p: Program, classes: number, target: Value): Value {
  if (classes <= greatestTable) {
    const table = Uint8Array.from({ length: classes * classes }, (_, at) =>
      at % (classes + 1) === 0 ? 1 : 0,
    );
    return p.gather(p.constant(tensor('bool', [classes, classes], table)), target, 0);
  }
  const indices = p.constant(int64(Array.from({ length: classes }, (_, at) => at)));
  return p.equal(p.reshape(target, [...target.shape, 1]), p.reshape(indices, [1, classes]));
}
