// Hidden values with bounds of their own, and where their elements are split: at the kink between two linear pieces, or, as inputs of
// curves and products, at any point (Shi et al., GenBaB, arXiv 2405.21063).
import type { TypedModel } from '../../../graph/typed-model.js';
import { operatorOf } from '../../../ops/operators/index.js';
import { staticSize } from '../../../program/dims.js';
import { planOf } from '../../crown/plan.js';

/** 'kink': only the signs of its elements matter. */
export type Cuts = 'kink' | 'anywhere' | 'nowhere';

/** One hidden value. */
export type Neurons = {
  readonly name: string;
  /** Of one instance. */
  readonly shape: readonly number[];
  readonly size: number;
  readonly cuts: Cuts;
  /** Relaxed values that read it and take slopes. */
  readonly readers: readonly string[];
};

/** In the order of the graph. @param model one instance */
export function neuronsOf(model: TypedModel): Neurons[] {
  return planOf(model, true).targets.map(({ name, kinkOnly }) => {
    const shape = (model.types.get(name)?.shape ?? []).map(Number);
    const readers = model.graph.nodes.flatMap(({ inputs, outputs }) =>
      inputs.includes(name) ? outputs : [],
    );
    const cuts = kinkOnly ? 'kink' : isBent(model, readers) ? 'anywhere' : 'nowhere';
    return { name, shape, size: staticSize(shape), cuts, readers };
  });
}

/** What only compares elements with each other gains little where one of them is cut. */
const comparing: ReadonlySet<string> = new Set([
  'Max',
  'Min',
  'MaxPool',
  'GlobalMaxPool',
  'ReduceMax',
  'ReduceMin',
]);

const isBent = ({ graph }: TypedModel, readers: readonly string[]): boolean =>
  graph.nodes.some(
    ({ type, domain, outputs }) =>
      outputs.some((name) => readers.includes(name)) &&
      !comparing.has(type) &&
      operatorOf(type, domain)?.relax !== undefined &&
      operatorOf(type, domain)?.tightens === undefined,
  );

/** Whether elements of any of them are split at points of their own. */
export const haveCuts = (hidden: readonly Neurons[]): boolean =>
  hidden.some(({ cuts }) => cuts === 'anywhere');

/** The same values, split at kinks only. */
export const kinksOf = (hidden: readonly Neurons[]): Neurons[] =>
  hidden.map((neurons) => (neurons.cuts === 'anywhere' ? { ...neurons, cuts: 'nowhere' } : neurons));

/** Elements of all of them. */
export const elementsOf = (hidden: readonly Neurons[]): number =>
  hidden.reduce((sum, { size }) => sum + size, 0);
