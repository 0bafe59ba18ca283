// A counterexample as it was written, on the files: nothing of what the command says about itself is believed.

import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import { loadModel } from '../../../src/onnx/load.js';
import type { Disjunct, LinearConstraint, Network, Variable } from '../../../src/policy/vnnlib/property.js';
import { readVnnlib } from '../../../src/policy/vnnlib/read.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Instance, Model } from './instances.js';

/** @param written a result file: "sat", and the values of VNN-LIB 1.0 or 2.0 below it */
export async function isCounterexample(
  { models, property }: Pick<Instance, 'models' | 'property'>,
  written: string,
): Promise<boolean> {
  const { disjuncts, networks, version } = await readVnnlib(property);
  const values = valuesIn(written);
  const [x, y]: [number[], number[]] = [[], []];
  let from = 0;
  for (const network of networks) {
    const [inputs, outputs] = [sizeIn(network.inputs), sizeIn(network.outputs)];
    const own = Float32Array.from(values.slice(from, from + inputs));
    from += inputs + outputs;
    const output = own.length === inputs ? await outputOf(fileOf(network, networks, models), own) : undefined;
    if (output?.length !== outputs) return false;
    x.push(...own);
    y.push(...output);
  }
  if (version === '2.0' && values.length !== from) return false;
  const point = Float32Array.from(x);
  return violates(disjuncts, point, y);
}

/** @param y what the files say of x */
export const violates = (disjuncts: readonly Disjunct[], x: Float32Array, y: ArrayLike<number>): boolean =>
  disjuncts.some((disjunct) => lies(disjunct, x) && disjunct.constraints.every((each) => holds(each, x, y)));

const sizeIn = (variables: readonly Variable[]): number => variables.reduce((sum, { size }) => sum + size, 0);

/** Its own; else that of the network to which it is equal; else the only one. */
function fileOf({ name, relation }: Network, networks: readonly Network[], models: readonly Model[]): string {
  const named = models.find((model) => model.name === name);
  const equal = networks.find((network) => network.name === relation?.network);
  if (named !== undefined) return named.file;
  return equal !== undefined && models.length > 0 && models[0]?.name !== undefined
    ? fileOf(equal, networks, models)
    : (models[0]?.file ?? '');
}

/** What the file gives; undefined where it takes something else. */
async function outputOf(file: string, x: Float32Array): Promise<number[] | undefined> {
  const runtime = createInlineRuntime();
  try {
    const loaded = await loadModel(file);
    const typed = await discoverTypes(loaded.model, file, runtime);
    const executable = await openExecutable(typed, loaded.bytes, runtime);
    const shape = typed.input.shape.slice(1).map(Number);
    return sizeOf(shape) === x.length
      ? toNumbers(await executable.run(float32(x, [1, ...shape])))
      : undefined;
  } finally {
    await runtime.close();
  }
}

/** `(X_0 1.5)`, or one number a line below the name of a variable. */
const valuesIn = (written: string): number[] =>
  [...written.matchAll(/^\(*(?:[XY]_\d+ )?(-?[\d.]+(?:e[-+]?\d+)?)\)*$/gm)].map(([, number]) =>
    Number(number),
  );

/** Within the bounds, or the nearest float32 to bounds that have none between them. */
const lies = ({ lower, upper }: Disjunct, x: Float32Array): boolean =>
  x.every((value, at) => {
    const [least, most] = [lower[at] ?? Number.NaN, upper[at] ?? Number.NaN];
    return (least <= value && value <= most) || value === Math.fround(least);
  });

function holds(
  { inputs, outputs, bound, strict }: LinearConstraint,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
) {
  let sum = 0;
  for (const [at, index] of inputs.indices.entries())
    sum += (inputs.coefficients[at] ?? 0) * (x[index] ?? Number.NaN);
  for (const [at, index] of outputs.indices.entries())
    sum += (outputs.coefficients[at] ?? 0) * (y[index] ?? Number.NaN);
  return strict ? sum < bound : sum <= bound;
}
