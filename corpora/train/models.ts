// The example models: one entry per file, in the order in which they are built.
import type { Model } from '../../src/graph/graph.js';
import { encodeModel } from '../../src/onnx/encode.js';
import type { Runtime } from '../../src/program/session.js';
import { calibrate } from './calibrate.js';
import type { Digits } from './data.js';
import { networkModel } from './export.js';
import { outputsOf, rangesOf } from './measure.js';
import type { Trained } from './network.js';
import { disagreements, runsToNonFinite } from './noise.js';
import { provableShare } from './provable.js';
import { quantisedModel } from './quantise.js';
import { recipes } from './recipes.js';
import { type Recipe, train } from './train.js';
import { scaleLogits, unsafeModel } from './unsafe-head.js';

/** What building a model needs; training the same recipe again returns the first result. */
export type Lab = {
  readonly digits: Digits;
  readonly runtime: Runtime;
  trained(recipe: Recipe): Promise<Trained>;
};

/** A finished model, with figures for the manifest beyond its accuracy. */
export type Built = { readonly model: Model; readonly figures?: Readonly<Record<string, number>> };
type Entry = { readonly how: string; build(lab: Lab): Promise<Built> };

/** Radius at which the robust model is judged. */
export const ROBUST_EPSILON = 0.05;
/**
 * Greatest distance between two logits of one training digit. Below 87, so that no probability of a digit is subnormal
 * and the log stays finite on hardware that flushes those to zero; log(0) begins at about 103.
 */
const UNSAFE_SPREAD = 85;

export function createLab(digits: Digits, runtime: Runtime): Lab {
  const known = new Map<Recipe, Promise<Trained>>();
  const trained = (recipe: Recipe) => {
    const weights = known.get(recipe) ?? train(recipe, digits.train, runtime).then((done) => done.weights);
    known.set(recipe, weights);
    return weights;
  };
  return { digits, runtime, trained };
}

const plain = async (lab: Lab, name: string, recipe: Recipe): Promise<Built> => ({
  model: networkModel(name, recipe.network, await lab.trained(recipe)),
});

export const models: Readonly<Record<string, Entry>> = {
  'digits-mlp': {
    how: 'Flatten, 64-256-256-10, Gemm and Relu; cross entropy, Adam, images moved by up to half a pixel',
    build: (lab) => plain(lab, 'digits-mlp', recipes.mlp),
  },
  'digits-cnn': {
    how: 'Conv, Relu, MaxPool twice (16 and 32 channels), then 128-64-10; trained as digits-mlp',
    build: (lab) => plain(lab, 'digits-cnn', recipes.cnn),
  },
  'digits-mlp-robust': {
    how: 'Flatten, 64-128-128-10; interval bound propagation loss (arXiv 1810.12715) with growing radius up to 0.07',
    build: robust,
  },
  'digits-cnn-int8': {
    how: 'digits-cnn with QuantizeLinear and DequantizeLinear pairs: uint8 activations calibrated on the training digits, int8 weights from -64 to 64, one scale per output',
    build: quantised,
  },
  'digits-unsafe': {
    how: 'Flatten, 64-512-10 with smoothed labels, logits scaled, then Exp, ReduceSum, Div, Log without subtracting the maximum: overflows off the data (arXiv 1807.10875, section 4.1)',
    build: unsafe,
  },
};

async function robust(lab: Lab): Promise<Built> {
  const { model } = await plain(lab, 'digits-mlp-robust', recipes.robust);
  return { model, figures: { provableShare: provableShare(model.graph, lab.digits.test, ROBUST_EPSILON) } };
}

async function quantised(lab: Lab): Promise<Built> {
  const { digits, runtime } = lab;
  const { model: float } = await plain(lab, 'digits-cnn', recipes.cnn);
  const ranges = await calibrate(float, digits.train, runtime);
  const { network } = recipes.cnn;
  const model = quantisedModel('digits-cnn-int8', network, await lab.trained(recipes.cnn), ranges);
  const pair = [encodeModel(float), encodeModel(model)] as const;
  return { model, figures: await disagreements(pair, digits.test, runtime) };
}

async function unsafe({ digits, runtime, trained }: Lab): Promise<Built> {
  const { network } = recipes.unsafe;
  const weights = await trained(recipes.unsafe);
  const ranges = async (scaled: Trained, part: keyof Digits) => {
    const logits = encodeModel(networkModel('logits', network, scaled));
    return rangesOf(await outputsOf(logits, digits[part].images, runtime));
  };
  const { greatestSpread } = await ranges(weights, 'train');
  const scaled = scaleLogits(network, weights, UNSAFE_SPREAD / greatestSpread);
  const model = unsafeModel('digits-unsafe', network, scaled);
  const found = await runsToNonFinite(encodeModel(model), digits.test, runtime);
  return { model, figures: { ...(await ranges(scaled, 'test')), ...found } };
}
