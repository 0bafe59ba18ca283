// One training step as one program: parameters in, forward pass, loss, gradient and optimiser, parameters out.
import type { Shape } from '../../src/base/shape.js';
import { float32, type Tensor, tensor, zeros } from '../../src/base/tensor.js';
import { compile } from '../../src/program/compile.js';
import { grad } from '../../src/program/grad.js';
import { Program } from '../../src/program/program.js';
import type { Results, Runtime } from '../../src/program/session.js';
import type { Value } from '../../src/program/value.js';
import { CLASSES, type Samples } from './data.js';
import type { Weights } from './layers/layer.js';
import type { Loss } from './loss.js';
import { layout, type Network } from './network.js';
import type { Optimiser, OptimiserState } from './optimiser.js';

export type State = { readonly flat: Tensor; readonly mean: Tensor; readonly square: Tensor };
export type Moment = { readonly step: number; readonly progress: number; readonly learningRate: number };
/** State and batch in; next state and the batch's loss out. */
export type Step = (state: State, batch: Samples, moment: Moment) => Promise<{ state: State; loss: number }>;

export const startState = (flat: Float32Array): State => ({
  flat: float32(flat),
  mean: zeros('float32', [flat.length]),
  square: zeros('float32', [flat.length]),
});

export type StepParts = { readonly network: Network; readonly loss: Loss; readonly optimiser: Optimiser };

/** @param images shape of a batch of them */
export async function compileStep(parts: StepParts, images: Shape, runtime: Runtime): Promise<Step> {
  const { loss, optimiser } = parts;
  const session = await stepProgram(parts, images, runtime);
  return async (state, { images, labels }, { step, progress, learningRate }) => {
    const scheduled = Object.entries(loss.schedules).map(([name, at]) => [name, scalar(at(progress))]);
    const results = await session.run({
      ...state,
      images,
      targets: oneHot(labels),
      rate: scalar(optimiser.rate(learningRate, step)),
      ...Object.fromEntries(scheduled),
    });
    const next = {
      flat: take(results, 'next_flat'),
      mean: take(results, 'next_mean'),
      square: take(results, 'next_square'),
    };
    return { state: next, loss: Number(take(results, 'loss').data[0]) };
  };
}

function stepProgram({ network, loss, optimiser }: StepParts, images: Shape, runtime: Runtime) {
  const p = new Program();
  const batch = {
    images: p.input('images', 'float32', images),
    targets: p.input('targets', 'float32', [images[0] ?? 1, CLASSES]),
  };
  const state = stateInputs(p, network);
  const parameters = split(p, network, state.flat);
  const weights: Weights = (name) => {
    const found = parameters.get(name);
    if (found === undefined) throw new Error(`no parameter "${name}"`);
    return found;
  };
  const scheduled = (name: string) => p.input(name, 'float32', []);
  const value = loss.build(p, network, batch, weights, scheduled);
  const gradients = grad(p, value, [...parameters.values()]);
  const gradient = p.concat(
    gradients.map((part) => p.mergeInto(part, 0)),
    0,
  );
  const next = optimiser.step(p, state, gradient, scheduled('rate'));
  // An ONNX graph has one space of names: an output must not be called as an input.
  const outputs = { next_flat: next.flat, next_mean: next.mean, next_square: next.square, loss: value };
  return compile(p, outputs, runtime);
}

function stateInputs(p: Program, network: Network): OptimiserState {
  const size = layout(network).at(-1)?.end ?? 0;
  const input = (name: string) => p.input(name, 'float32', [size]);
  return { flat: input('flat'), mean: input('mean'), square: input('square') };
}

const split = (p: Program, network: Network, flat: Value): ReadonlyMap<string, Value> =>
  new Map(
    layout(network).map(({ parameter: { name, shape }, start, end }) => [
      name,
      p.reshape(p.slice(flat, 0, start, end), shape),
    ]),
  );

const scalar = (value: number) => float32([value], []);

function take(results: Results, name: string): Tensor {
  const found = results[name];
  if (found === undefined) throw new Error(`the training step gave no "${name}"`);
  return found;
}

function oneHot(labels: Uint8Array): Tensor {
  const data = new Float32Array(labels.length * CLASSES);
  labels.forEach((label, row) => {
    data[row * CLASSES + label] = 1;
  });
  return tensor('float32', [labels.length, CLASSES], data);
}
