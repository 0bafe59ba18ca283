// Properties of several small networks, as text, decided.
import { float32 } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { parseVnnlib } from '../../src/policy/vnnlib/parse.js';
import type { Disjunct } from '../../src/policy/vnnlib/property.js';
import { type DecideOptions, decide, type Outcome, type Problem } from '../../src/verify/decide.js';
import { jointProblem } from '../../src/verify/joint/problem.js';
import { decideOptions } from './deciding.js';
import { type Opened, opened } from './opened.js';
import { inline } from './programs.js';

/** Two networks f and g of so many inputs X and Z, and outputs Y and W. */
export const twoNetworks = (
  inputs: number,
  outputs: number,
  relation: string,
  ...assertions: readonly string[]
): string =>
  [
    '(vnnlib-version <2.0>)',
    `(declare-network f (declare-input X float32 [1,${inputs}]) (declare-output Y float32 [1,${outputs}]))`,
    `(declare-network g ${relation} (declare-input Z float32 [1,${inputs}]) (declare-output W float32 [1,${outputs}]))`,
    ...assertions.map((each) => `(assert ${each})`),
  ].join('\n');

export const between = (element: string, low: number, high: number): string =>
  `(and (>= ${element} ${low}) (<= ${element} ${high}))`;

export type Joint = { readonly problem: Problem; readonly disjuncts: readonly Disjunct[] };

const sizeOf = (shape: readonly (number | string)[]): number =>
  shape.slice(1).reduce<number>((size, dim) => size * Number(dim), 1);

/** @param files a file that occurs twice is equal to itself */
export async function jointOf(files: readonly [Model, ...Model[]], property: string): Promise<Joint> {
  const networks = await Promise.all(files.map((file) => opened(file)));
  const { disjuncts } = parseVnnlib(property, 'test.vnnlib');
  const run = async (input: Float32Array) => {
    let from = 0;
    const outputs: number[] = [];
    for (const network of networks) {
      const size = sizeOf(network.model.input.shape);
      outputs.push(...(await alone(network, input.subarray(from, from + size))));
      from += size;
    }
    return outputs;
  };
  const [first, ...others] = networks.map(({ model }, at) => ({
    model,
    sameAs: files.indexOf(files[at] ?? files[0]),
  }));
  if (first === undefined) throw new RangeError('no network');
  return { problem: jointProblem([first, ...others], disjuncts, run, 'test.vnnlib'), disjuncts };
}

const alone = async ({ model, run }: Opened, input: Float32Array): Promise<number[]> =>
  Array.from(await run(float32(input.slice(), [1, ...model.input.shape.slice(1).map(Number)])));

export const decidedJointly = async (
  files: readonly [Model, ...Model[]],
  property: string,
  options: Partial<DecideOptions> = {},
): Promise<Outcome> => {
  const { problem } = await jointOf(files, property);
  return decide(problem, { ...decideOptions, ...options }, { pool: inline, inline });
};
