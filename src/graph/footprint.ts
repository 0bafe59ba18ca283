// Memory that a model takes, estimated from the types of its values alone. Bytes; batches of one input.
import { byteLength, type DType } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import type { Model, Node } from './graph.js';
import type { TypedModel, ValueType } from './typed-model.js';

export type Footprint = {
  /** All values that one input gives, and the input itself. */
  readonly activationBytes: number;
  /** The most of them that are needed at one time, each from its node to its last reader. */
  readonly peakBytes: number;
  /** Interval bounds of one box, where they take the most: `intervalCopies` says of what. */
  readonly intervalBytes: number;
  /** One row of backward linear bounds: the greatest sum of coefficient arrays that are needed at one time. */
  readonly coefficientBytes: number;
};

/** Weights and all other initialisers. */
export const weightBytes = ({ graph }: Model): number =>
  [...graph.constants.values()].reduce((sum, { dtype, shape }) => sum + bytesOf(dtype, sizeOf(shape)), 0);

/** Bounds and coefficients are float32 whatever the value that they are about. */
const floatBytes = 4;
/**
 * lower and upper of every value that is needed; midpoint and reach, or center and radius, of those at the node itself.
 * Of what resident memory grew by per box, on four networks of 10 to 40 layers, this was 0.7 to 1.1.
 */
const intervalCopies = { live: 2, atNode: 2 };

export function footprintOf(model: TypedModel): Footprint {
  const elements = elementsByName(model);
  const total = (names: Iterable<string>, perElement?: number) =>
    [...names].reduce((sum, name) => {
      const size = elements.get(name) ?? 0;
      return sum + (perElement === undefined ? bytesOf(typeOf(model, name), size) : size * perElement);
    }, 0);
  const steps = forwardSteps(model);
  const greatest = (sizes: readonly number[]) => sizes.reduce((most, size) => Math.max(most, size), 0);
  return {
    activationBytes: total(elements.keys()),
    peakBytes: greatest(steps.map(({ live }) => total(live))),
    intervalBytes: greatest(
      steps.map(
        ({ live, atNode }) =>
          total(live, floatBytes * intervalCopies.live) + total(atNode, floatBytes * intervalCopies.atNode),
      ),
    ),
    coefficientBytes: greatest(backwardSteps(model).map((live) => total(live, floatBytes))),
  };
}

type Step = { readonly live: readonly string[]; readonly atNode: readonly string[] };

/** For every node the values that are needed while it runs, its own outputs included. */
function forwardSteps({ graph, input }: TypedModel): Step[] {
  const lastReader = new Map<string, number>();
  graph.nodes.forEach(({ inputs }, at) => {
    for (const name of inputs) lastReader.set(name, at);
  });
  for (const { name } of graph.outputs) lastReader.set(name, Infinity);
  const live = new Set([input.name, ...graph.inputs.map(({ name }) => name)]);
  return graph.nodes.map(({ inputs, outputs }, at) => {
    for (const name of outputs) live.add(name);
    const step = { live: [...live], atNode: [...new Set([...inputs, ...outputs])] };
    for (const name of step.live) if ((lastReader.get(name) ?? -1) <= at) live.delete(name);
    return step;
  });
}

/** For every node that leads to the first output, from there on: the values that have coefficients at that time. */
function backwardSteps({ graph, output, folded }: TypedModel): string[][] {
  const live = new Set([output.name]);
  return graph.nodes.toReversed().flatMap((node) => {
    if (!node.outputs.some((name) => live.has(name))) return [];
    for (const name of dataInputs(node)) if (!folded.has(name) && !graph.constants.has(name)) live.add(name);
    const step = [...live];
    for (const name of node.outputs) live.delete(name);
    return [step];
  });
}

const dataInputs = ({ inputs }: Node): string[] => inputs.filter((name) => name !== '');

/** Elements, for one input, of every value that data reaches. */
function elementsByName(model: TypedModel): Map<string, number> {
  const names = [
    ...model.graph.inputs.map(({ name }) => name),
    ...model.graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  return new Map(
    names.flatMap((name) => {
      const type = model.types.get(name);
      return type === undefined || model.folded.has(name) ? [] : [[name, elementsOf(type)] as const];
    }),
  );
}

/** Open dimensions are multiples of the batch: `batch*4` is 4 for one input. */
const elementsOf = ({ shape }: ValueType): number =>
  shape
    .flatMap((dim) => String(dim).split('*'))
    .reduce((product, factor) => product * (/^\d+$/.test(factor) ? Number(factor) : 1), 1);

const typeOf = ({ types }: TypedModel, name: string): DType => types.get(name)?.dtype ?? 'string';

/** Texts are left out: their length is not in their type. */
const bytesOf = (dtype: DType, elements: number): number =>
  dtype === 'string' ? 0 : byteLength(dtype, elements);
