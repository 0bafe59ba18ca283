// DeepXplore (Pei et al., arXiv 1705.06640): a neuron is covered once some input activates it above a threshold, after
// scaling each layer to [0, 1] for each input. Channels of a convolution are averaged over space, as in the paper.
import { float32 } from '../../base/tensor.js';
import type { Encoding, Layer } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { CoverageCriterion, CoverageState, Profile, Start } from './criterion.js';

const name = 'neuron-coverage';
const uncoveredInput = `${name}:uncovered`;
const activeAbove = 0.75;

/** The exact question is cheap enough for every execution, so it is asked twice. */
export const neuronCoverage: CoverageCriterion = {
  name,
  screen: (p, encoding) => profileOf(p, encoding)?.novelty,
  profile: profileOf,
  createState,
};

/** novelty: how many neurons the row covers that nothing has covered yet. */
function profileOf(p: Program, { hidden }: Encoding): Profile | undefined {
  if (hidden.length === 0) return undefined;
  const active = p.concat(
    hidden.map((layer) => activeNeurons(p, layer)),
    1,
  );
  const [rows, width] = active.shape;
  if (rows === undefined || width === undefined) return undefined;
  // A product with the column of uncovered neurons counts them.
  const uncovered = p.input(uncoveredInput, 'float32', [width, 1]);
  return { novelty: p.reshape(p.matmul(active, uncovered), [rows]), profile: active };
}

/** 1 where the scaled activation is above the threshold: [batch, ...d] -> [batch, neurons]. */
function activeNeurons(p: Program, { value }: Layer): Value {
  const spatial = value.shape.slice(2).map((_, axis) => axis + 2);
  const neurons = p.mergeInto(p.reduceMean(p.cast(value, 'float32'), spatial), 1);
  const [least, most] = [p.reduceMin(neurons, [1]), p.reduceMax(neurons, [1])];
  const threshold = p.add(least, p.mul(p.sub(most, least), activeAbove));
  return p.cast(p.greater(neurons, threshold), 'float32');
}

function createState({ seeds, width }: Start): CoverageState {
  const uncovered = new Float32Array(width).fill(1);
  let size = 0;
  const add = (profile: Float32Array) => {
    size++;
    for (let neuron = 0; neuron < width; neuron++) if (profile[neuron] === 1) uncovered[neuron] = 0;
  };
  for (let at = 0; at < seeds.length; at += width) add(seeds.subarray(at, at + width));
  let kept = 0;
  return {
    snapshot: () => ({ size, feeds: { [uncoveredInput]: float32(uncovered.slice(), [width, 1]) } }),
    isNew: (profile) => profile.some((active, neuron) => active === 1 && uncovered[neuron] === 1),
    add(profile, wasNew) {
      add(profile);
      if (wasNew) kept++;
    },
    summary: () => ({
      criterion: name,
      kept,
      covered: 1 - uncovered.reduce((sum, one) => sum + one, 0) / width,
    }),
  };
}
